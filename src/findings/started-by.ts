/** Who started goroutines, for people: where a group of goroutines (sync.WaitGroup.Go) did, also whose function it was given. */
import { isGoOfRunner } from "../heap/roots/goroutines.ts";

/** A function literal: "main.serve.func1", "main.(*Hub).run.func2.1" in another one. Up to Go 1.20 package variables' are of "main.glob.". */
const LITERAL = /^(.+?[^.])\.func(?:\d+|…)(?:[.-].*)?$/;
/**
 * What has no literals, so that a function is called func1 itself: a package, or a type with a pointer. And what since Go 1.21 has those of
 * package variables: functions named init are called "main.init.0".
 */
const NO_WRITER = /^(?:.*\/)?[^./()[]+(?:\.init|\.\(\*[^()]+\))?$/;
const LINE = / \S+:\d+$/;

/**
 * "main.main main.go:51"; "sync.(*WaitGroup).Go with a function of main.serve": the literal's name tells where it is written, which is mostly
 * where Go is called. Of what is no literal nothing is known.
 * @param entry what a goroutine is about: `findEntryFunction`
 * @param origin as `goroutineOrigin` tells it, or without the line
 */
export function sayOrigin(entry: string, origin: string): string {
  const starter = origin.replace(LINE, "");
  const writer = LITERAL.exec(entry)?.[1];
  return writer === undefined || NO_WRITER.test(writer) || writer === starter || !isGoOfRunner(starter)
    ? origin
    : `${starter} with a function of ${writer}`;
}
