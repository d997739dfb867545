/** The world of an adversarial program: what holds its objects; and what it does to get them. */
import type { Kind } from "./kinds.ts";

/** What a program does to get objects of a kind: the body of a Go function. */
export interface Scene {
  readonly kind: Kind;
  readonly body: string;
}

/** What the world holds: fields of a struct that a package variable has as an interface. */
export class World {
  readonly fields = new Map<string, string>();

  /** The field that holds values of a type. */
  holder(text: string): string {
    let field = this.fields.get(text);
    if (field === undefined) {
      field = `H${this.fields.size}`;
      this.fields.set(text, field);
    }
    return `world.${field}`;
  }

  /** A statement that holds a value of a type. */
  hold(text: string, value: string): string {
    const holder = this.holder(text);
    return `\t${holder} = append(${holder}, ${value})\n`;
  }
}
