/**
 * Code that fills values at random: for each type a function, made when it is first asked for. What it allocates is noted
 * under the kind that the way to it gives.
 */

import type { DrawnTypes, Random } from "./draw-types.ts";
import { ANY, type GoType, mayBeginOf, pointerTo, STRING, sliceOf, UNSAFE } from "./go-types.ts";
import { constantOf, type Kind } from "./kinds.ts";

/** Values without pointers below this size share blocks. */
const TINY_SIZE = 16;
/** Objects of more bytes are large. */
const LARGE_SIZE = 1024;

export class FillCode {
  /** Declarations so far. */
  readonly code: string[] = [];
  readonly #drawn: DrawnTypes;
  readonly #random: Random;
  readonly #fills = new Map<string, string>();
  readonly #news = new Map<string, string>();
  readonly #pools: string[] = [];
  /** Values that interfaces get. */
  readonly #boxes: readonly GoType[];

  constructor(drawn: DrawnTypes, random: Random) {
    this.#drawn = drawn;
    this.#random = random;
    const { structs, others } = drawn;
    const values = [STRING, ...others.map(({ type }) => type), ...structs].filter(
      ({ size, kind }) => size > 0 && size < LARGE_SIZE && kind !== "map",
    );
    this.#boxes = [...values, ...values.slice(0, 6).map(sliceOf)];
  }

  /** Statements that forget the pools. */
  get forget(): string {
    return this.#pools.map((pool) => `\t${pool} = nil\n`).join("");
  }

  /** The types whose values interfaces get. */
  get boxes(): readonly GoType[] {
    return this.#boxes;
  }

  /** The kind of an object of a type that a pointer to it holds. */
  kindOf(type: GoType): Kind {
    if (type.size < TINY_SIZE && type.pointers.length === 0) return "tiny";
    if (this.#drawn.structs.some((other) => mayBeginOf(type, other))) return "?container";
    if (type.size > LARGE_SIZE && type.pointers.length === 0) return "large";
    return type.kind === "array" ? "array" : "whole";
  }

  #isHeadered({ size, pointers }: GoType): boolean {
    return size > 512 && pointers.length > 0;
  }

  /** Name of func(p *T, depth int), which fills *p. */
  fill(type: GoType): string {
    let name = this.#fills.get(type.text);
    if (name === undefined) {
      name = `fill${this.#fills.size}`;
      this.#fills.set(type.text, name);
      const body = this.#fillBody(type);
      this.code.push(`//go:noinline\nfunc ${name}(p *${type.text}, depth int) {\n${body}}\n`);
    }
    return name;
  }

  /** Name of func(kind uint32, depth int) *T, which allocates one and fills it. */
  allocate(type: GoType): string {
    let name = this.#news.get(type.text);
    if (name === undefined) {
      name = `new${this.#news.size}`;
      this.#news.set(type.text, name);
      const fill = this.fill(type);
      this.code.push(`//go:noinline
func ${name}(kind uint32, depth int) *${type.text} {
	before := asSized(kind, ${type.size}, ${type.pointers.length > 0})
	p := new(${type.text})
	back(before)
	spend(${this.#isHeadered(type) ? 4 : 1})
	${fill}(p, depth)
	return p
}
`);
    }
    return name;
  }

  /** Name of func(depth int) *T, which gives a new object or an old one. */
  #reach(type: GoType): string {
    const key = `reach ${type.text}`;
    let name = this.#news.get(key);
    if (name === undefined) {
      const id = this.#news.size;
      name = `reach${id}`;
      this.#news.set(key, name);
      this.#pools.push(`pool${id}`);
      const kind = this.kindOf(type);
      this.code.push(`var pool${id} []*${type.text}

//go:noinline
func ${name}(depth int) *${type.text} {
	if len(pool${id}) > 0 && rnd(${this.#isHeadered(type) ? 20 : 4}) != 0 {
		return pool${id}[rnd(len(pool${id}))]
	}
	p := ${this.allocate(type)}(${constantOf(kind)}, depth)
	if len(pool${id}) < 100 && !isHidden {
		pool${id} = append(pool${id}, p)
	}
	return p
}
`);
    }
    return name;
  }

  #fillBody(type: GoType): string {
    const { text, kind, elem } = type;
    switch (kind) {
      case "string":
        return `\t*p = ${text}(text())\n`;
      case "basic":
        return this.#fillBasic(type);
      case "pointer":
        return text === UNSAFE.text
          ? this.#fillUnsafe()
          : `\tif depth > 0 && fuel > 0 && rnd(8) != 0 {\n\t\t*p = ${this.#reach(elem!)}(depth - 1)\n\t}\n`;
      case "slice":
        return this.#fillSlice(type);
      case "array":
        return `\tfor i := range p {\n\t\tif i > 5 && rnd(16) != 0 {\n\t\t\tcontinue\n\t\t}\n\t\t${this.fill(elem!)}(&p[i], depth)\n\t}\n`;
      case "map":
        return this.#fillMap(type);
      case "chan":
        return this.#fillChan(type);
      case "func":
        return this.#fillFunc(type);
      case "interface":
        return this.#fillInterface(type);
      case "struct":
        return (type.fields ?? [])
          .map(({ name, type: field }) => `\t${this.fill(field)}(&p.${name}, depth)\n`)
          .join("");
    }
  }

  #fillBasic({ text }: GoType): string {
    switch (text) {
      case "bool":
        return "\t*p = coin()\n";
      case "complex128":
        return "\t*p = complex(float64(num()), float64(num()))\n";
      case "sync.Mutex":
      case "sync.RWMutex":
        return "";
      case "atomic.Int64":
        return "\tp.Store(int64(num()))\n";
      case "bytes.Buffer":
        return `\tif depth <= 0 || fuel <= 0 {\n\t\treturn\n\t}\n\tspend(1)\n\tbefore := as(${constantOf("std")})\n\tp.Grow(1 + rnd(100))\n\tback(before)\n\tp.WriteString("some")\n`;
      case "time.Time":
        return "\t*p = time.Unix(int64(num()), 0)\n";
      default:
        return `\t*p = ${text}(num())\n`;
    }
  }

  #fillUnsafe(): string {
    const types = this.#drawn.structs.filter(({ size, kind }) => size >= TINY_SIZE && kind === "struct");
    const cases = types.slice(0, 5).map((type, i) => {
      return `\tcase ${i}:\n\t\t*p = unsafe.Pointer(${this.allocate(type)}(${constantOf("?unsafe")}, 0))\n`;
    });
    return `\tif depth <= 0 || fuel <= 0 {\n\t\treturn\n\t}\n\twasHidden := isHidden\n\tisHidden = true\n\tswitch rnd(${types.length + 4}) {\n${cases.join("")}\t}\n\tisHidden = wasHidden\n`;
  }

  #fillSlice({ text, elem }: GoType): string {
    return `	if depth <= 0 || fuel <= 0 {
		return
	}
	spend(2)
	n := 1 + rnd(5)
	m := n + rnd(3)
	before := asSized(${constantOf("slice")}, uintptr(m)*${elem!.size}, ${elem!.pointers.length > 0})
	s := make(${text}, n, m)
	back(before)
	for i := range s {
		${this.fill(elem!)}(&s[i], depth-1)
	}
	*p = s
`;
  }

  #fillMap({ text, key, elem }: GoType): string {
    // What an interface holds need not be fit for a key.
    const put = hasInterface(key!)
      ? "func() {\n\t\t\tdefer func() { recover() }()\n\t\t\tm[k] = v\n\t\t}()"
      : "m[k] = v";
    return `	if depth <= 0 || fuel <= 0 {
		return
	}
	spend(1)
	n := rnd(7)
	if rnd(12) == 0 {
		n = rnd(40)
	}
	before := as(${constantOf("map")})
	m := make(${text})
	back(before)
	for i := 0; i < n; i++ {
		var k ${key!.text}
		var v ${elem!.text}
		${this.fill(key!)}(&k, depth-1)
		${this.fill(elem!)}(&v, depth-1)
		before := as(${constantOf("map")})
		${put}
		back(before)
	}
	*p = m
`;
  }

  #fillChan({ text, elem }: GoType): string {
    return `	if depth <= 0 || fuel <= 0 {
		return
	}
	spend(1)
	n := rnd(6)
	before := as(${constantOf("chan")})
	c := make(${text}, n)
	back(before)
	for i := 0; i < n-rnd(2); i++ {
		var v ${elem!.text}
		${this.fill(elem!)}(&v, depth-1)
		c <- v
	}
	*p = c
`;
  }

  /** Closures of several layouts: of what they capture by value and by reference, and the values of methods. */
  #fillFunc({ text }: GoType): string {
    const takesText = text.includes("string");
    const structs = this.#drawn.structs.filter((type) => this.kindOf(type) === "whole" && type.size < 200);
    const cases: string[] = [];
    for (let i = 0; i < 5 && structs.length > 0; i++) {
      const a = structs[this.#random(structs.length)]!;
      const b = this.#random(2) === 0 ? STRING : pointerTo(structs[this.#random(structs.length)]!);
      cases.push(`	case ${i}:
		var b0 ${b.text}
		${this.fill(b)}(&b0, depth-1)
		b := b0
		before := as(${constantOf("closure")})
		var a ${a.text}
		n := ${i % 2 === 0 ? "0" : "num()"}
		*p = func(${takesText ? "s string" : ""}) int {
			${i % 2 === 0 ? "n++" : ""}
			use(unsafe.Pointer(&a))
			${i % 3 === 0 ? "" : "b2 := b\n\t\t\tuse(unsafe.Pointer(&b2))"}
			return n
		}
		back(before)
		${this.fill(a)}(&a, depth-1)
		_ = b
`);
    }
    if (!takesText) {
      for (const receiver of structs.slice(0, 3)) {
        cases.push(`	case ${cases.length}:
		receiver := ${this.allocate(receiver)}(${constantOf("whole")}, depth-1)
		before := as(${constantOf("closure")})
		*p = receiver.I0
		back(before)
`);
      }
    }
    return `\tif depth <= 0 || fuel <= 0 {\n\t\treturn\n\t}\n\tspend(6)\n\tswitch rnd(${2 * cases.length + 1}) {\n${cases.join("")}\t}\n`;
  }

  #fillInterface({ text }: GoType): string {
    const { structs } = this.#drawn;
    const isAny = text === ANY.text;
    const boxes = isAny
      ? this.#boxes
      : structs.filter((struct, i) => hasValueMethods(i) && this.#boxes.includes(struct));
    const cases = boxes.map((type, i) => `\tcase ${i}:\n${this.box(type, "*p")}`);
    const pointers = structs.filter(({ size }) => size >= TINY_SIZE).slice(0, 8);
    pointers.forEach((type, i) => {
      const kind = this.kindOf(type) === "?container" ? "?container" : "iface";
      cases.push(`\tcase ${boxes.length + i}:\n\t\t*p = ${this.allocate(type)}(${constantOf(kind)}, depth-1)\n`);
    });
    return `\tif depth <= 0 || fuel <= 0 {\n\t\treturn\n\t}\n\tspend(3)\n\tswitch rnd(${cases.length + 2}) {\n${cases.join("")}\t}\n`;
  }

  /** Statements that put a value of a type into an interface. */
  box(type: GoType, into: string): string {
    const kind = type.size < TINY_SIZE && type.pointers.length === 0 ? "tiny" : "box";
    return `		var v ${type.text}
		${this.fill(type)}(&v, depth-1)
		before := asSized(${constantOf(kind)}, ${type.size}, ${type.pointers.length > 0})
		${into} = v
		back(before)
`;
  }
}

/** Whether the struct of a number has its methods on the value. */
export function hasValueMethods(number: number): boolean {
  return number % 2 === 0;
}

function hasInterface({ kind, fields, elem }: GoType): boolean {
  if (kind === "array") return hasInterface(elem!);
  return kind === "interface" || (fields ?? []).some(({ type }) => hasInterface(type));
}
