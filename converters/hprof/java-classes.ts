/**
 * The classes that Java tools look for whatever the heap: Object, Class, Thread and String, arrays of numbers, and
 * java.lang.ref.Reference with what is below it, without which VisualVM computes no retained sizes, and the map that MAT
 * knows how to read.
 */
import { INSTANCE_HEADER_SIZE, JAVA_TYPE_SIZE, JavaType, javaSize, PRIMITIVE_ARRAY_NAMES } from "./constants.ts";
import { Form, type JavaClass, type JavaField } from "./java-class.ts";

/** Fields of java.lang.Thread in the order of `fillThread`. */
const THREAD_FIELDS: readonly JavaField[] = [
  { name: "name", type: JavaType.OBJECT },
  { name: "tid", type: JavaType.LONG },
  { name: "daemon", type: JavaType.BOOLEAN },
];
/** Of java.lang.String since Java 9. */
const STRING_FIELDS: readonly JavaField[] = [
  { name: "value", type: JavaType.OBJECT },
  { name: "coder", type: JavaType.BYTE },
  { name: "hash", type: JavaType.INT },
];
const REFERENCE_NAMES = ["WeakReference", "SoftReference", "FinalReference", "PhantomReference"];
/** In String.coder: two bytes a character. */
export const UTF16 = 1;

export interface JavaClasses {
  readonly object: JavaClass;
  readonly thread: JavaClass;
  readonly string: JavaClass;
  /** What Eclipse MAT lists entries of. */
  readonly map: JavaClass;
  /** In an order in which each comes after the one above it. */
  readonly all: readonly JavaClass[];
}

/** Makes the classes. @param add makes an id */
export function makeJavaClasses(add: () => number): JavaClasses {
  const object = plainClass("java/lang/Object", add(), 0, []);
  const below = (name: string, fields: readonly JavaField[] = []) => plainClass(name, add(), object.id, fields);
  const thread = below("java/lang/Thread", THREAD_FIELDS);
  const string = below("java/lang/String", STRING_FIELDS);
  const map = below("java/util/IdentityHashMap");
  const reference = below("java/lang/ref/Reference", [{ name: "referent", type: JavaType.OBJECT }]);
  const references = REFERENCE_NAMES.map((name) => plainClass(`java/lang/ref/${name}`, add(), reference.id, []));
  const arrays = PRIMITIVE_ARRAY_NAMES.map((name, i) => ({
    ...below(name),
    form: Form.PRIMITIVE_ARRAY,
    instanceSize: 0,
    elementType: JavaType.BOOLEAN + i,
  }));
  const all = [
    object,
    below("java/lang/Class"),
    below("java/lang/ClassLoader"),
    string,
    thread,
    map,
    reference,
    ...references,
    ...arrays,
  ];
  return { object, thread, string, map, all };
}

/** A class without static fields. */
export function plainClass(name: string, id: number, superId: number, fields: readonly JavaField[]): JavaClass {
  const fieldSize = fields.reduce((size, { type }) => size + JAVA_TYPE_SIZE[type]!, 0);
  const instanceSize = javaSize(INSTANCE_HEADER_SIZE + fieldSize);
  return { name, id, superId, form: Form.INSTANCE, elementType: 0, instanceSize, fields, fieldSize, statics: [] };
}
