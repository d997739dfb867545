/** Writes a whole file: names, classes, stacks, and the heap in segments. */
import {
  formatBytes,
  formatNumber,
  type Heap,
  type Progress,
  type Sink,
  StringTexts,
  TypeKind,
} from "../../src/index.ts";
import { planClasses } from "./class-plan.ts";
import { internNames, writeClasses, writeClassNames } from "./class-records.ts";
import { ID_SIZE, RecordTag, VERSION } from "./constants.ts";
import { HprofWriter } from "./hprof-writer.ts";
import { chooseIdentity } from "./identity.ts";
import { Form, type JavaClass } from "./java-class.ts";
import { makeJavaClasses, plainClass } from "./java-classes.ts";
import { arrayClassName, className } from "./names.ts";
import type { WrittenObjects } from "./object-writer.ts";
import { writeObjects } from "./objects.ts";
import { writeRootArrays, writeThreads } from "./roots/added-objects.ts";
import { planFrameObjects } from "./roots/frame-objects.ts";
import { writeNamelessRoots } from "./roots/nameless-roots.ts";
import { collectRootClasses } from "./roots/root-classes.ts";
import { planThreads } from "./roots/threads.ts";
import { StringPool } from "./string-pool.ts";

export interface HeapFileRequest {
  readonly heap: Heap;
  /** Whether unreachable objects are written. */
  readonly unreachable: boolean;
  /** Whether numbers, bytes and texts are written. */
  readonly contents: boolean;
  /** Whether texts are written whole even where their object gets larger by that. */
  readonly wholeTexts: boolean;
}

/**
 * Writes the file to the sink's only one. Two buffers of 1 MiB, 8 bytes an object, 4 more for the lengths of texts.
 * @throws ConverterError for more objects than the format can number; on abort, `progress.signal.reason`.
 */
export async function writeHeapFile(request: HeapFileRequest, sink: Sink, progress: Progress): Promise<void> {
  const { heap, unreachable, contents, wholeTexts } = request;
  const { of: ids, base, add } = chooseIdentity(heap.objects);
  const names = new StringPool();
  const java = makeJavaClasses(add);
  const threads = planThreads(heap, names, add);
  const frames = planFrameObjects(heap, java.object.id, add);
  const roots = collectRootClasses(heap, ids, unreachable, add);
  const plan = await planClasses(
    heap,
    { unreachable, contents, objectId: java.object.id, mapId: java.map.id, add },
    progress,
  );
  const texts = await prepareTexts(request, progress);

  const threadClasses = new Map<string, JavaClass>();
  for (const thread of threads.threads) {
    if (threadClasses.has(thread.className)) continue;
    threadClasses.set(thread.className, {
      ...java.thread,
      id: add(),
      superId: java.thread.id,
      name: className(thread.className),
      fields: [],
    });
  }
  const rootClasses = roots.classes.map(({ name, statics }) => ({
    ...plainClass(className(name), add(), java.object.id, []),
    statics,
  }));
  // Functions are methods of their package.
  const packageClasses = [...threads.packages].map((name) => plainClass(className(name), add(), java.object.id, []));
  const rootArray = { ...plainClass(arrayClassName("(roots)"), add(), java.object.id, []), form: Form.OBJECT_ARRAY };
  const classes: readonly JavaClass[] = [
    ...java.all,
    ...packageClasses,
    ...(base === undefined ? [] : [factsClass(heap.dump.addressBase + BigInt(base), add(), java.object.id)]),
    rootArray,
    ...threadClasses.values(),
    ...frames.classes,
    ...rootClasses,
    ...plan.classes.filter(({ form }) => form !== Form.PRIMITIVE_ARRAY),
  ];
  const packageSerials = new Map([...threads.packages].map((name, i) => [name, java.all.length + i + 1]));
  internNames(classes, names);

  const out = new HprofWriter(await sink.open(), progress);
  await out.bytes(new TextEncoder().encode(VERSION));
  out.u4(ID_SIZE);
  // When the dump was written, it does not tell.
  out.u4(0);
  out.u4(0);
  await names.write(out);
  await writeClassNames(out, classes, names);
  await threads.writeStacks(out, packageSerials);
  await out.openSegments();
  await writeClasses(out, classes, names);
  await threads.writeRoots(out, ids, frames);
  await writeNamelessRoots(out, heap, ids);
  await writeThreads(out, heap, threads.threads, threadClasses, java.string);
  await frames.write(out, ids);
  await writeRootArrays(out, heap, roots.arrays, rootArray.id, ids);
  const written = await writeObjects(out, { heap, plan, ids, unreachable, texts, contents, wholeTexts }, progress);
  out.closeSegments();
  await out.makeRoom();
  out.record(RecordTag.HEAP_DUMP_END, 0);
  await out.close();
  warnOfLosses(written, progress);
}

/** A class for what the file tells of itself: id + addressBase is an object's address. */
function factsClass(addressBase: bigint, id: number, superId: number): JavaClass {
  return { ...plainClass("gohd", id, superId, []), statics: [{ name: "addressBase", value: addressBase }] };
}

/** Looks up how long strings are, if there are any whose text is to be shown. */
async function prepareTexts({ heap, contents }: HeapFileRequest, progress: Progress): Promise<StringTexts | undefined> {
  if (!contents || !heap.types.kind.includes(TypeKind.STRING)) return undefined;
  progress.phase("measuring strings", heap.objects.count, "objects");
  return await StringTexts.prepare(heap, progress);
}

function warnOfLosses({ grownCount, grownBytes, cutCount, cutTexts }: WrittenObjects, progress: Progress): void {
  if (grownCount > 0) {
    progress.warn(
      "sizes-differ",
      `${formatNumber(grownCount, "object is", "objects are")} larger in the file than in Go, by ${formatBytes(grownBytes)} together: Java has no objects with a pointer of less than 16 bytes, and no texts without a header`,
    );
  }
  if (cutTexts > 0) {
    progress.warn(
      "texts-cut",
      `${formatNumber(cutTexts, "string lacks", "strings lack")} up to 12 bytes at the end, which Java's header takes; with --whole-texts all are whole, and larger`,
    );
  }
  if (cutCount > 0) {
    progress.warn(
      "objects-cut",
      `${formatNumber(cutCount, "object is", "objects are")} larger than the format allows, and ${cutCount === 1 ? "was" : "were"} cut`,
    );
  }
}
