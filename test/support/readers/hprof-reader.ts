/**
 * A strict reader of HPROF files, written from the format's description and not from what writes them: whatever a client could
 * stumble over is an error. Gives the heap back as Java tools see it, with the sizes that Eclipse MAT computes.
 */

export interface HprofClass {
  readonly id: number;
  readonly name: string;
  readonly superId: number;
  readonly instanceSize: number;
  readonly statics: readonly {
    readonly name: string;
    readonly value: number | bigint;
    readonly isReference: boolean;
  }[];
  readonly fields: readonly { readonly name: string; readonly type: number }[];
}

export interface HprofObject {
  readonly id: number;
  /** "byte[]" for arrays of numbers, as Java tools show it. */
  readonly className: string;
  /** As Eclipse MAT computes it. */
  readonly size: number;
  /** Ids of what it refers to, by field name or element, nil left out. */
  readonly references: readonly { readonly name: string | number; readonly to: number }[];
  /** Fields that are numbers, by name. */
  readonly numbers: ReadonlyMap<string, number | bigint>;
  /** Bytes of the elements, for arrays of numbers. */
  readonly bytes?: Uint8Array;
}

export interface HprofFrame {
  readonly className: string;
  readonly method: string;
  readonly file: string;
  readonly line: number;
}

export interface HprofThread {
  readonly id: number;
  readonly frames: readonly HprofFrame[];
  /** Objects of its frames: the number of the frame, undefined for those in none. */
  readonly locals: readonly { readonly to: number; readonly frame: number | undefined }[];
}

export interface HprofFile {
  readonly classes: ReadonlyMap<number, HprofClass>;
  readonly objects: ReadonlyMap<number, HprofObject>;
  readonly threads: readonly HprofThread[];
  /** Ids of all that are GC roots, locals too. */
  readonly roots: readonly number[];
  /** Bytes of each segment. */
  readonly segments: readonly number[];
}

const HEADER = "JAVA PROFILE 1.0.2\0";
const SIZES: Readonly<Record<number, number>> = { 2: 4, 4: 1, 5: 2, 6: 4, 7: 8, 8: 1, 9: 2, 10: 4, 11: 8 };
const PRIMITIVES: Readonly<Record<number, string>> = {
  4: "boolean",
  5: "char",
  6: "float",
  7: "double",
  8: "byte",
  9: "short",
  10: "int",
  11: "long",
};
const OBJECT = 2;
/** What makes MAT show arrays. */
const ARRAY = /^(\[+)L(.*);$/s;
const PRIMITIVE_ARRAY = /^\[[ZCFDBSIJ]$/;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const roundUp = (size: number): number => Math.ceil(size / 8) * 8;

/** Reads a whole file. @throws Error for what breaks a rule of the format, or for what it refers to and has not */
export function readHprof(bytes: Uint8Array): HprofFile {
  return new Reader(bytes).read();
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #end: number;
  readonly #strings = new Map<number, string>();
  readonly #names = new Map<number, string>();
  readonly #serials = new Map<number, number>();
  readonly #frames = new Map<number, HprofFrame & { readonly serial: number }>();
  readonly #stacks = new Map<number, { readonly thread: number; readonly frames: readonly number[] }>();
  readonly #classes = new Map<number, HprofClass>();
  readonly #objects = new Map<number, HprofObject>();
  readonly #threads = new Map<
    number,
    { id: number; stack: number; locals: { to: number; frame: number | undefined }[] }
  >();
  readonly #roots: number[] = [];
  readonly #segments: number[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = bytes.length;
  }

  read(): HprofFile {
    if (decoder.decode(this.#take(HEADER.length)) !== HEADER) throw this.#error("another header");
    if (this.#u4() !== 4) throw this.#error("ids of another size");
    this.#take(8);
    let isComplete = false;
    while (this.#at < this.#bytes.length) {
      if (isComplete) throw this.#error("records behind the heap's end");
      const tag = this.#u1();
      this.#u4();
      const length = this.#u4();
      const end = this.#at + length;
      if (end > this.#bytes.length) throw this.#error(`a record of ${length} bytes is cut`);
      this.#end = end;
      isComplete = this.#record(tag, length);
      if (this.#at !== end)
        throw this.#error(`record ${tag} of ${length} bytes ends ${end - this.#at} bytes too early`);
      this.#end = this.#bytes.length;
    }
    if (!isComplete) throw this.#error("the heap does not end");
    this.#checkReferences();
    const threads = [...this.#threads.values()].map(({ id, stack, locals }) => ({
      id,
      locals,
      frames: this.#need(this.#stacks, stack, "stack").frames.map((frame) => this.#need(this.#frames, frame, "frame")),
    }));
    return { classes: this.#classes, objects: this.#objects, threads, roots: this.#roots, segments: this.#segments };
  }

  #record(tag: number, length: number): boolean {
    switch (tag) {
      case 0x01:
        this.#add(this.#strings, this.#u4(), decoder.decode(this.#take(length - 4)), "string");
        return false;
      case 0x02: {
        const serial = this.#u4();
        const id = this.#u4();
        this.#u4();
        this.#add(this.#names, id, this.#need(this.#strings, this.#u4(), "string"), "class name");
        this.#add(this.#serials, serial, id, "class number");
        return false;
      }
      case 0x04: {
        const id = this.#u4();
        const method = this.#need(this.#strings, this.#u4(), "string");
        this.#need(this.#strings, this.#u4(), "string");
        const file = this.#need(this.#strings, this.#u4(), "string");
        const serial = this.#u4();
        const className = this.#need(this.#names, this.#need(this.#serials, serial, "class number"), "class name");
        this.#add(this.#frames, id, { className, method, file, serial, line: this.#u4() | 0 }, "frame");
        return false;
      }
      case 0x05: {
        const serial = this.#u4();
        const thread = this.#u4();
        const frames = Array.from({ length: this.#u4() }, () => this.#u4());
        this.#add(this.#stacks, serial, { thread, frames }, "stack");
        return false;
      }
      case 0x1c:
        this.#segments.push(length);
        while (this.#at < this.#end) this.#subrecord();
        return false;
      case 0x2c:
        return true;
      default:
        throw this.#error(`unknown record ${tag}`);
    }
  }

  #subrecord(): void {
    const tag = this.#u1();
    switch (tag) {
      case 0x01:
        this.#roots.push(this.#u4());
        this.#u4();
        break;
      case 0x02:
      case 0x03: {
        const to = this.#u4();
        const thread = this.#need(this.#threads, this.#u4(), "thread");
        const frame = this.#u4();
        const { frames } = this.#need(this.#stacks, thread.stack, "stack");
        if (tag === 0x03 && frame >= frames.length) throw this.#error(`a local in frame ${frame} of ${frames.length}`);
        thread.locals.push({ to, frame: tag === 0x03 ? frame : undefined });
        this.#roots.push(to);
        break;
      }
      case 0x05:
        this.#roots.push(this.#u4());
        break;
      case 0x08: {
        const id = this.#u4();
        const serial = this.#u4();
        const stack = this.#u4();
        if (this.#need(this.#stacks, stack, "stack").thread !== serial) throw this.#error("a stack of another thread");
        this.#add(this.#threads, serial, { id, stack, locals: [] }, "thread");
        this.#roots.push(id);
        break;
      }
      case 0x20:
        this.#classDump();
        break;
      case 0x21:
        this.#instance();
        break;
      case 0x22:
        this.#objectArray();
        break;
      case 0x23:
        this.#primitiveArray();
        break;
      default:
        throw this.#error(`unknown subrecord ${tag}`);
    }
  }

  #classDump(): void {
    const id = this.#u4();
    this.#u4();
    const superId = this.#u4();
    const name = this.#need(this.#names, id, "class name");
    this.#checkName(name);
    if (superId !== 0) this.#need(this.#classes, superId, `class above ${name}`);
    else if (name !== "java/lang/Object") throw this.#error(`${name} is below no class`);
    this.#take(20);
    const instanceSize = this.#u4();
    if (this.#u2() !== 0) throw this.#error("a constant pool");
    const statics = Array.from({ length: this.#u2() }, () => {
      const field = this.#need(this.#strings, this.#u4(), "string");
      const type = this.#u1();
      return { name: field, value: this.#value(type), isReference: type === OBJECT };
    });
    const fields = Array.from({ length: this.#u2() }, () => {
      const field = { name: this.#need(this.#strings, this.#u4(), "string"), type: this.#u1() };
      if (SIZES[field.type] === undefined) throw this.#error(`a field of type ${field.type}`);
      return field;
    });
    this.#add(this.#classes, id, { id, name, superId, instanceSize, statics, fields }, "class");
  }

  /** MAT takes "[" for an array's descriptor and fails on names without a character. */
  #checkName(name: string): void {
    if (name === "") throw this.#error("a class without a name");
    if (name.startsWith("[")) {
      if (!ARRAY.test(name) && !PRIMITIVE_ARRAY.test(name)) throw this.#error(`${name} is no array's descriptor`);
      if (/^\[+L(boolean|char|float|double|byte|short|int|long)(\[\])*;$/.test(name))
        throw this.#error(`${name} is Java's`);
      if (name.lastIndexOf("[") > name.search(/[^[]/)) throw this.#error(`${name} is cut by Shark`);
    } else if (/^(boolean|char|float|double|byte|short|int|long)(\[\])+$/.test(name))
      throw this.#error(`${name} is Java's`);
    if (/^<|^(\[+L)?unknown/.test(name)) throw this.#error(`${name} has a meaning in Eclipse MAT`);
  }

  #instance(): void {
    const id = this.#u4();
    this.#u4();
    let javaClass: HprofClass | undefined = this.#need(this.#classes, this.#u4(), "class");
    const { name } = javaClass;
    if (name.startsWith("[") || name.endsWith("[]")) throw this.#error(`an instance of ${name}, which is an array`);
    const end = this.#u4() + this.#at;
    const references: { name: string; to: number }[] = [];
    const numbers = new Map<string, number | bigint>();
    let size = 8;
    for (; javaClass !== undefined; javaClass = this.#classes.get(javaClass.superId)) {
      for (const { name: field, type } of javaClass.fields) {
        const value = this.#value(type);
        size += SIZES[type]!;
        if (type !== OBJECT) numbers.set(field, value);
        else if (value !== 0) references.push({ name: field, to: value as number });
      }
    }
    if (this.#at !== end) throw this.#error(`an instance of ${name} has ${end - this.#at} bytes too many`);
    this.#add(this.#objects, id, { id, className: name, size: roundUp(size), references, numbers }, "object");
  }

  #objectArray(): void {
    const id = this.#u4();
    this.#u4();
    const count = this.#u4();
    const { name } = this.#need(this.#classes, this.#u4(), "class");
    const match = ARRAY.exec(name);
    if (match === null && !name.endsWith("[]")) throw this.#error(`an array of class ${name}`);
    const className = match === null ? name : match[2]! + "[]".repeat(match[1]!.length);
    const references: { name: number; to: number }[] = [];
    for (let i = 0; i < count; i++) {
      const to = this.#u4();
      if (to !== 0) references.push({ name: i, to });
    }
    const object = { id, className, size: roundUp(12 + 4 * count), references, numbers: new Map() };
    this.#add(this.#objects, id, object, "object");
  }

  #primitiveArray(): void {
    const id = this.#u4();
    this.#u4();
    const count = this.#u4();
    const type = this.#u1();
    const name = PRIMITIVES[type];
    if (name === undefined) throw this.#error(`an array of type ${type}`);
    const bytes = this.#take(count * SIZES[type]!);
    const size = roundUp(12 + bytes.length);
    this.#add(
      this.#objects,
      id,
      { id, className: `${name}[]`, size, references: [], numbers: new Map(), bytes },
      "object",
    );
  }

  #checkReferences(): void {
    const isThere = (id: number): boolean => this.#objects.has(id) || this.#classes.has(id);
    for (const id of this.#roots) if (!isThere(id)) throw this.#error(`a root leads to ${id}, which is nothing`);
    for (const { id, className, references } of this.#objects.values()) {
      if (id === 0 || this.#classes.has(id)) throw this.#error(`object ${id} is something else, too`);
      for (const { to } of references)
        if (!isThere(to)) throw this.#error(`a ${className} refers to ${to}, which is nothing`);
    }
    for (const { name, statics } of this.#classes.values()) {
      for (const { value, isReference } of statics) {
        if (isReference && !isThere(value as number)) throw this.#error(`${name} refers to ${value}, which is nothing`);
      }
    }
    const named = [...this.#names.keys()].find((id) => !this.#classes.has(id));
    if (named !== undefined) throw this.#error(`class ${this.#names.get(named)} has a name only`);
  }

  #value(type: number): number | bigint {
    switch (SIZES[type]) {
      case 1:
        return this.#u1();
      case 2:
        return this.#u2();
      case 4:
        return this.#u4();
      case 8: {
        this.#room(8);
        this.#at += 8;
        return this.#view.getBigInt64(this.#at - 8);
      }
      default:
        throw this.#error(`a value of type ${type}`);
    }
  }

  #add<T>(map: Map<number, T>, id: number, value: T, what: string): void {
    if (map.has(id)) throw this.#error(`${what} ${id} is there twice`);
    map.set(id, value);
  }

  #need<T>(map: ReadonlyMap<number, T>, id: number, what: string): T {
    const value = map.get(id);
    if (value === undefined) throw this.#error(`there is no ${what} ${id}`);
    return value;
  }

  #room(length: number): void {
    if (this.#at + length > this.#end) throw this.#error(`${length} bytes go beyond the record's end`);
  }

  #take(length: number): Uint8Array {
    this.#room(length);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #u1(): number {
    this.#room(1);
    return this.#view.getUint8(this.#at++);
  }

  #u2(): number {
    this.#room(2);
    this.#at += 2;
    return this.#view.getUint16(this.#at - 2);
  }

  #u4(): number {
    this.#room(4);
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4);
  }

  #error(message: string): Error {
    return new Error(`HPROF at byte ${this.#at}: ${message}`);
  }
}
