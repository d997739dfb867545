/** Who started goroutines, where a group of goroutines did that for somebody. */
import { expect, test } from "vitest";
import { sayOrigin } from "../../src/findings/started-by.ts";

const WAIT_GROUP = "sync.(*WaitGroup).Go waitgroup.go:238";

test.each([
  ["main.serve.func1", WAIT_GROUP, "sync.(*WaitGroup).Go with a function of main.serve"],
  ["main.(*Hub).run.func2.1", "sync.(*WaitGroup).Go", "sync.(*WaitGroup).Go with a function of main.(*Hub).run"],
  ["main.serve.func…", "sync.(*WaitGroup).Go", "sync.(*WaitGroup).Go with a function of main.serve"],
  ["main.serve.func1-range2", WAIT_GROUP, "sync.(*WaitGroup).Go with a function of main.serve"],
  [
    "main.Each[...].func1",
    "golang.org/x/sync/errgroup.(*Group).Go errgroup.go:93",
    "golang.org/x/sync/errgroup.(*Group).Go with a function of main.Each[...]",
  ],
  // A function with a name of its own, a method value, one of a package variable, one that has not begun: nobody knows who gave them.
  ["main.work", WAIT_GROUP, WAIT_GROUP],
  ["main.(*Hub).run-fm", WAIT_GROUP, WAIT_GROUP],
  ["main.glob..func1", WAIT_GROUP, WAIT_GROUP],
  ["main.init.func1", WAIT_GROUP, WAIT_GROUP],
  ["example.com/app/jobs.init.func2", WAIT_GROUP, WAIT_GROUP],
  // In func init of a program, and in a method of that name.
  ["main.init.0.func1", WAIT_GROUP, "sync.(*WaitGroup).Go with a function of main.init.0"],
  ["main.(*Hub).init.func1", WAIT_GROUP, "sync.(*WaitGroup).Go with a function of main.(*Hub).init"],
  // Functions and methods that are called so themselves.
  ["main.func1", WAIT_GROUP, WAIT_GROUP],
  ["example.com/app/jobs.func2", WAIT_GROUP, WAIT_GROUP],
  ["main.(*Hub).func1", WAIT_GROUP, WAIT_GROUP],
  ["main.(*Stack[...]).func1", WAIT_GROUP, WAIT_GROUP],
  ["sync.(*WaitGroup).Go.func1", WAIT_GROUP, WAIT_GROUP],
  ["", WAIT_GROUP, WAIT_GROUP],
  // Go statements of the program.
  ["main.serve.func1", "main.serve main.go:12", "main.serve main.go:12"],
  ["main.serve.func1", "", ""],
])("%s, started by %s", (entry, origin, said) => {
  expect(sayOrigin(entry, origin)).toBe(said);
});
