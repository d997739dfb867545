/** Scenes: what an adversarial program does to get objects of a kind. Each is the body of a Go function. */
import { type DrawnTypes, FUNCS, type Random } from "./draw-types.ts";
import type { FillCode } from "./fill-code.ts";
import { fixedScenes } from "./fixed-scenes.ts";
import { chanOf, type GoType, type Part, partsOf, pointerTo } from "./go-types.ts";
import { constantOf, type Kind } from "./kinds.ts";
import { type Scene, World } from "./world.ts";

export class SceneWriter {
  readonly world = new World();
  readonly #drawn: DrawnTypes;
  readonly #fill: FillCode;
  readonly #random: Random;

  constructor(drawn: DrawnTypes, fill: FillCode, random: Random) {
    this.#drawn = drawn;
    this.#fill = fill;
    this.#random = random;
  }

  write(): readonly Scene[] {
    const { structs, others } = this.#drawn;
    const plain = structs.filter((type) => this.#fill.kindOf(type) === "whole");
    const withParts = structs.filter(({ size }) => size >= 16).filter((type) => this.#parts(type).length > 0);
    const elements = [...structs, ...others.map(({ type }) => type)].filter(({ size }) => size > 0 && size <= 512);
    const scenes: Scene[] = [];
    const add = (kind: Kind, types: readonly GoType[], write: (type: GoType) => string): void => {
      const chosen = this.#choose(types, 10);
      if (chosen.length === 0) return;
      const cases = chosen.map((type, i) => `\tcase ${i}:\n${write(type)}`).join("");
      scenes.push({ kind, body: `\tswitch rnd(${chosen.length}) {\n${cases}\t}\n` });
    };
    add("whole", plain, (type) => this.#whole(type));
    add("both", withParts, (type) => this.#both(type));
    add("slice", elements, (type) => this.#slice(type, "slice", "s"));
    add("window", elements, (type) => this.#slice(type, "window", "s[1+rnd(len(s)-1):]"));
    add("?middle", elements, (type) => this.#slice(type, "?middle", "s[1:1+rnd(len(s)-2):len(s)-1]"));
    add("?element", elements, (type) => this.#element(type));
    add("?field", withParts, (type) => this.#field(type));
    add(
      "?container",
      structs.filter((type) => this.#fill.kindOf(type) === "?container"),
      (type) => this.#whole(type),
    );
    add(
      "?converted",
      structs.filter((type) => this.#twinOf(type) !== undefined),
      (type) => this.#converted(type),
    );
    add(
      "box",
      this.#fill.boxes.filter(({ size, pointers }) => size >= 16 || pointers.length > 0),
      (type) => `\t\tvar i any\n\t\tdepth := 1+rnd(3)/2\n${this.#fill.box(type, "i")}${this.world.hold("any", "i")}`,
    );
    add("?unsafe", plain, (type) => this.#unsafe(type));
    add("iface", plain, (type) => this.#interface(type));
    add(
      "array",
      [...this.#arrays(), ...others.map(({ type }) => type).filter(({ kind }) => kind === "array")],
      (type) => this.#whole(type),
    );
    add(
      "large",
      structs.filter((type) => this.#fill.kindOf(type) === "large"),
      (type) => this.#whole(type),
    );
    add(
      "header",
      structs.filter(({ size, pointers }) => size > 512 && pointers.length > 0),
      (type) => this.#whole(type),
    );
    add("~global", plain, (type) => this.#global(type));
    add("?stack", plain, (type) => this.#stack(type));
    add("generic", plain, (type) => this.#generic(type));
    const fields = structs.flatMap(({ fields }) => fields ?? []).map(({ type }) => type);
    for (const [kind, of] of [
      ["map", "map"],
      ["chan", "chan"],
      ["closure", "func"],
    ] as const) {
      const more = [chanOf(plain[0]!), chanOf(pointerTo(plain.at(-1)!)), ...FUNCS];
      const types = [...fields, ...others.map(({ type }) => type), ...more].filter((type) => type.kind === of);
      add(kind, types, (type) => this.#value(type));
    }
    add(
      "tiny",
      fields.filter(({ kind, size }) => kind === "basic" && size > 0 && size < 16),
      (type) => (type.text.includes(".") ? "" : this.#whole(type)),
    );
    return [...scenes, ...fixedScenes(this.world, plain[0]!, this.#fill)];
  }

  #choose(types: readonly GoType[], most: number): readonly GoType[] {
    const unique = [...new Map(types.map((type) => [type.text, type])).values()];
    while (unique.length > most) unique.splice(this.#random(unique.length), 1);
    return unique;
  }

  /** Parts that one can point to from outside. */
  #parts(type: GoType): readonly Part[] {
    return partsOf(type, 2).filter(({ type: part }) => part.kind !== "interface" && part.size < type.size);
  }

  #arrays(): readonly GoType[] {
    return this.#drawn.structs
      .flatMap(({ fields }) => fields ?? [])
      .map(({ type }) => type)
      .filter(({ kind, size, pointers }) => kind === "array" && (size >= 16 || pointers.length > 0));
  }

  #twinOf(type: GoType): GoType | undefined {
    const layout = (of: GoType): string => `${of.fields!.map((field) => `${field.offset} ${field.type.text}`)}`;
    if (type.size === 0) return undefined;
    return this.#drawn.structs.find((other) => other !== type && layout(other) === layout(type));
  }

  #new(type: GoType, kind: Kind): string {
    return `\t\tp := ${this.#fill.allocate(type)}(${constantOf(kind)}, 1+rnd(3)/2)\n`;
  }

  #whole(type: GoType): string {
    return `${this.#new(type, this.#fill.kindOf(type))}\t${this.world.hold(`*${type.text}`, "p")}`;
  }

  /** Pointers to the whole and to parts, whichever comes first. */
  #both(type: GoType): string {
    const parts = this.#parts(type);
    const pointers = [0, 1].map(() => {
      const { path, type: part } = parts[this.#random(parts.length)]!;
      return `\t${this.world.hold(`*${part.text}`, `&p${path}`)}`;
    });
    const isAmbiguous = this.#fill.kindOf(type) === "?container";
    const whole = `\t${this.world.hold(`*${type.text}`, "p")}`;
    const at = this.#random(3);
    const statements = [...pointers.slice(0, at), whole, ...pointers.slice(at)].join("");
    return `${this.#new(type, isAmbiguous ? "?container" : "both")}${statements}`;
  }

  #field(type: GoType): string {
    const parts = this.#parts(type);
    const { path, type: part } = parts[this.#random(parts.length)]!;
    return `		wasHidden := isHidden
		isHidden = true
${this.#new(type, "?field")}		isHidden = wasHidden
	${this.world.hold(`*${part.text}`, `&p${path}`)}`;
  }

  #slice(type: GoType, kind: Kind, window: string): string {
    const isHidden = kind.startsWith("?");
    return `		n := 3 + rnd(1+rnd(20))
		isHidden = ${isHidden}
		before := asSized(${constantOf(kind)}, uintptr(n)*${type.size}, ${type.pointers.length > 0})
		s := make([]${type.text}, n)
		back(before)
		for i := range s {
			${this.#fill.fill(type)}(&s[i], rnd(2))
		}
		isHidden = false
	${this.world.hold(`[]${type.text}`, window)}${kind === "slice" ? this.#elementOf(type) : ""}`;
  }

  #elementOf(type: GoType): string {
    return `\t\tif coin() {\n\t\t${this.world.hold(`*${type.text}`, "&s[rnd(len(s))]")}\t\t}\n`;
  }

  #element(type: GoType): string {
    return `		n := 2 + rnd(1+rnd(20))
		isHidden = true
		before := asSized(${constantOf("?element")}, uintptr(n)*${type.size}, ${type.pointers.length > 0})
		s := make([]${type.text}, n)
		back(before)
		for i := range s {
			${this.#fill.fill(type)}(&s[i], rnd(2))
		}
		isHidden = false
	${this.world.hold(`*${type.text}`, "&s[rnd(len(s))]")}`;
  }

  #converted(type: GoType): string {
    const twin = this.#twinOf(type)!;
    return `		isHidden = true
${this.#new(type, "?converted")}		isHidden = false
	${this.world.hold(`*${twin.text}`, `(*${twin.text})(unsafe.Pointer(p))`)}`;
  }

  #unsafe(type: GoType): string {
    return `		isHidden = true
${this.#new(type, "?unsafe")}		isHidden = false
	${this.world.hold("unsafe.Pointer", "unsafe.Pointer(p)")}`;
  }

  #interface(type: GoType): string {
    const holder = this.#random(2) === 0 ? "any" : "I0";
    return `${this.#new(type, "iface")}\t${this.world.hold(holder, "p")}`;
  }

  #global(type: GoType): string {
    const name = `globals${type.text}`;
    this.#fill.code.push(`var ${name} struct {\n\tn int\n\tp [400]*${type.text}\n}\n`);
    return `		before := asSized(${constantOf("~global")}, ${type.size}, ${type.pointers.length > 0})
		p := new(${type.text})
		back(before)
		isHidden = true
		${this.#fill.fill(type)}(p, 0)
		isHidden = false
		${name}.p[${name}.n%400] = p
		${name}.n++
`;
  }

  #stack(type: GoType): string {
    return `		isHidden = true
${this.#new(type, "?stack")}		isHidden = false
		go func() {
			q := p
			<-stop
			use(unsafe.Pointer(q))
		}()
`;
  }

  #generic(type: GoType): string {
    const { fill } = { fill: this.#fill.fill(type) };
    const list = `*LinkedList[${type.text}]`;
    const cache = `*Cache[string, ${type.text}]`;
    const tree = `*Tree[int, *${type.text}]`;
    return `		switch rnd(3) {
		case 0:
			l := newList[${type.text}]()
			for i := 0; i < 1+rnd(4); i++ {
				var v ${type.text}
				${fill}(&v, 1)
				l.push(v)
			}
		${this.world.hold(list, "l")}		case 1:
			c := newCache[string, ${type.text}]()
			for i := 0; i < 1+rnd(4); i++ {
				var v ${type.text}
				${fill}(&v, 1)
				c.put(text(), v)
			}
		${this.world.hold(cache, "c")}		case 2:
			var t ${tree}
			for i := 0; i < 1+rnd(4); i++ {
				t = t.insert(num(), ${this.#fill.allocate(type)}(${constantOf("whole")}, 1))
			}
		${this.world.hold(tree, "t")}		}
`;
  }

  #value(type: GoType): string {
    return `\t\tvar v ${type.text}\n\t\t${this.#fill.fill(type)}(&v, 1+rnd(3)/2)\n\t${this.world.hold(type.text, "v")}`;
  }
}
