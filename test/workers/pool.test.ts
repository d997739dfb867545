import { readSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { NO_PROGRESS } from "../../src/progress.ts";
import { hireHelper, newColumn, usePool, withCrew } from "../../src/workers/current.ts";
import { type Kernel, type KernelTable, NO_BYTES, type ReadBytes } from "../../src/workers/kernel.ts";
import { Pool, type Thread, type ThreadEvents } from "../../src/workers/pool.ts";
import { type Answer, type Order, serve } from "../../src/workers/thread.ts";

/** Squares numbers; the sum of each part is its result. */
const SQUARES: Kernel<{ readonly from: Int32Array; readonly to: Int32Array }, number> = {
  name: "squares",
  run({ from, to }, first, end) {
    let sum = 0;
    for (let i = first; i < end; i++) {
      to[i] = from[i]! ** 2;
      sum += to[i]!;
    }
    return sum;
  },
};

/** What the threads of a test do besides: by name, in place of the kernels of the program. */
function kernels(others: KernelTable = {}): KernelTable {
  return { squares: async () => SQUARES as Kernel<never, unknown>, ...others };
}

/** Threads that are none: they do their orders in this one, a turn of the event loop later. */
class FakeThreads {
  started = 0;
  ended = 0;
  readonly events: ThreadEvents[] = [];
  readonly #kernels: KernelTable;

  opened = 0;
  readonly #open: (descriptor: number) => ReadBytes;

  constructor(table: KernelTable = kernels(), open: (descriptor: number) => ReadBytes = () => NO_BYTES) {
    this.#open = open;
    this.#kernels = Object.fromEntries(
      Object.entries(table).map(([name, load]) => [name, async () => inTurns(await load())]),
    );
  }

  #count(descriptor: number): ReadBytes {
    this.opened++;
    return this.#open(descriptor);
  }

  start = (events: ThreadEvents): Thread => {
    this.started++;
    this.events.push(events);
    let take: (order: Order) => void = () => {};
    let isEnded = false;
    const answer = (message: Answer): void => {
      const copy = structuredClone(message);
      setImmediate(() => {
        if (!isEnded) events.onAnswer(copy);
      });
    };
    serve(
      { answer, onOrder: (listener) => (take = listener), openBytes: (descriptor) => this.#count(descriptor) },
      this.#kernels,
    );
    return {
      post: (order) => setImmediate(() => !isEnded && take(order)),
      end: () => {
        isEnded = true;
        this.ended++;
      },
    };
  };
}

/** The same, a part in a turn of the event loop: real threads do not keep one another from working. */
function inTurns({ name, run }: Kernel<never, unknown>): Kernel<never, unknown> {
  return {
    name,
    run: async (columns, from, to, read) => {
      await new Promise(setImmediate);
      return run(columns, from, to, read, undefined as never);
    },
  };
}

const LIMITS = { leastSteps: 100, partSteps: 10 };

function numbers(count: number): { readonly from: Int32Array; readonly to: Int32Array } {
  return { from: Int32Array.from({ length: count }, (_, i) => i), to: new Int32Array(count) };
}

/** The kernel alone, told by the part that it does. */
function told(run: (part: number) => unknown): Kernel<object, unknown> {
  return { name: "told", run: (_, from) => run(from) };
}

describe("a crew", () => {
  test.each([0, 1, 2, 7])("does all parts once, in their order, with %i threads", async (size) => {
    const threads = new FakeThreads();
    const pool = new Pool(threads.start, size, LIMITS);
    const crew = pool.hire(1000);
    expect(crew.size).toBe(size);
    const columns = numbers(1003);
    const rows: number[] = [];
    const sums = await crew.share(
      SQUARES,
      columns,
      { rows: 1003, steps: 1003, onRows: (taken) => rows.push(taken) },
      NO_PROGRESS,
    );
    expect([...columns.to]).toEqual([...columns.from].map((i) => i * i));
    expect(sums).toEqual(
      Array.from({ length: 101 }, (_, part) =>
        [...columns.to.subarray(part * 10, part * 10 + 10)].reduce((sum, square) => sum + square, 0),
      ),
    );
    expect(rows.at(-1)).toBeGreaterThan(900);
    expect(rows.at(-1)).toBeLessThanOrEqual(1003);
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
    crew.dismiss();
    expect(threads.ended).toBe(size);
  });

  test("shares the parts with its threads", async () => {
    const pool = new Pool(new FakeThreads().start, 2, LIMITS);
    const crew = pool.hire(1000);
    let own = 0;
    const kernel: Kernel<ReturnType<typeof numbers>, number> = {
      name: "squares",
      run(columns, from, end) {
        own++;
        return SQUARES.run(columns, from, end, NO_BYTES, undefined) as number;
      },
    };
    const sums = await crew.share(kernel, numbers(1000), { rows: 1000, steps: 1000 }, NO_PROGRESS);
    crew.dismiss();
    expect(sums.length).toBe(100);
    expect(own).toBeGreaterThan(0);
    expect(own).toBeLessThan(100);
  });

  test("makes scratch once for all parts that a thread does", async () => {
    let made = 0;
    const kernel: Kernel<object, number, { parts: number }> = {
      name: "told",
      scratch: () => ({ parts: made++ * 1000 }),
      run: (_, __, ___, ____, scratch) => ++scratch.parts,
    };
    const crew = new Pool(new FakeThreads().start, 0, LIMITS).hire(1000);
    expect(await crew.share(kernel, {}, { rows: 50 }, NO_PROGRESS)).toEqual([1, 2, 3, 4, 5]);
    expect(await crew.share(kernel, {}, { rows: 20 }, NO_PROGRESS)).toEqual([1001, 1002]);
    expect(await crew.share(kernel, {}, { rows: 20, rowsPerPart: 7 }, NO_PROGRESS)).toEqual([2001, 2002, 2003]);
  });

  test("makes parts of as many steps as rows have", async () => {
    const crew = new Pool(new FakeThreads().start, 0, LIMITS).hire(1000);
    const parts = (rows: number, steps: number) =>
      crew.share(SQUARES, numbers(rows), { rows: rows, steps: steps }, NO_PROGRESS);
    expect((await parts(100, 1000)).length).toBe(100);
    expect((await parts(100, 100)).length).toBe(10);
    expect((await parts(100, 0)).length).toBe(1);
    expect((await parts(0, 0)).length).toBe(0);
  });

  test("does several things one after the other", async () => {
    const pool = new Pool(new FakeThreads().start, 2, LIMITS);
    const crew = pool.hire(1000);
    for (let i = 1; i < 5; i++) {
      const columns = numbers(100 * i);
      await crew.share(SQUARES, columns, { rows: 100 * i, steps: 100 * i }, NO_PROGRESS);
      expect(columns.to.at(-1)).toBe((100 * i - 1) ** 2);
    }
    crew.dismiss();
  });
});

describe("bytes", () => {
  /** The first byte at each row's position. */
  const reading: Kernel<object, number[]> = {
    name: "told",
    run: (_, from, to, read) =>
      Array.from({ length: to - from }, (__, i) => {
        const into = new Uint8Array(1);
        return read(from + i, 1, into) === 1 ? into[0]! : -1;
      }),
  };
  const table = kernels({ told: async () => reading as Kernel<never, unknown> });
  const file = Uint8Array.from({ length: 200 }, (_, i) => i);
  const read: ReadBytes = (position, length, into) => {
    into.set(file.subarray(position, position + length));
    return length;
  };

  test("are read by the caller, and by its threads through a descriptor", async () => {
    const threads = new FakeThreads(table, (descriptor) => (position, length, into) => {
      expect(descriptor).toBe(7);
      return read(position, length, into);
    });
    const crew = new Pool(threads.start, 2, LIMITS).hire(1000);
    const work = { rows: 200, steps: 200, bytes: { read, descriptor: 7 } };
    expect((await crew.share(reading, {}, work, NO_PROGRESS)).flat()).toEqual([...file]);
    expect(threads.opened).toBe(2);
    crew.dismiss();
  });

  test("that have none are read by the caller alone", async () => {
    const threads = new FakeThreads(table);
    const crew = new Pool(threads.start, 2, LIMITS).hire(1000);
    const work = { rows: 200, steps: 200, bytes: { read, descriptor: undefined } };
    expect((await crew.share(reading, {}, work, NO_PROGRESS)).flat()).toEqual([...file]);
    expect(threads.opened).toBe(0);
    crew.dismiss();
  });

  test("are not there unless they are given", async () => {
    const crew = new Pool(new FakeThreads().start, 0, LIMITS).hire(1000);
    await expect(crew.share(reading, {}, { rows: 1, steps: 1 }, NO_PROGRESS)).rejects.toThrow("bug");
  });
});

describe("a pool", () => {
  test("starts no threads for what is not worth any", () => {
    const threads = new FakeThreads();
    const pool = new Pool(threads.start, 4, LIMITS);
    expect(pool.hire(LIMITS.leastSteps - 1).size).toBe(0);
    expect(threads.started).toBe(0);
    expect(pool.hire(LIMITS.leastSteps).size).toBe(4);
  });

  test("has never more threads than it may, and has nobody wait for one", async () => {
    const threads = new FakeThreads();
    const pool = new Pool(threads.start, 3, LIMITS);
    const first = pool.hire(1000, 2);
    const second = pool.hire(1000);
    const third = pool.hire(1000);
    expect([first.size, second.size, third.size]).toEqual([2, 1, 0]);
    expect((await third.share(SQUARES, numbers(100), { rows: 100, steps: 100 }, NO_PROGRESS)).length).toBe(10);
    first.dismiss();
    expect(pool.hire(1000).size).toBe(2);
    expect(threads.started).toBe(5);
  });

  test("ends all threads when it closes", () => {
    const threads = new FakeThreads();
    const pool = new Pool(threads.start, 3, LIMITS);
    pool.hire(1000, 2);
    pool.hire(1000);
    pool.close();
    expect(threads.ended).toBe(3);
  });

  test("does without threads that cannot be started", async () => {
    const pool = new Pool(
      () => {
        throw new Error("EAGAIN");
      },
      2,
      LIMITS,
    );
    const crew = pool.hire(1000);
    expect(crew.size).toBe(0);
    expect((await crew.share(SQUARES, numbers(100), { rows: 100, steps: 100 }, NO_PROGRESS)).length).toBe(10);
  });
});

describe("what goes wrong", () => {
  test("an error of the caller's part is thrown, and nobody takes more", async () => {
    const crew = new Pool(new FakeThreads().start, 0, LIMITS).hire(1000);
    const done: number[] = [];
    const kernel = told((part) => {
      done.push(part);
      if (part === 20) throw new RangeError("no memory");
    });
    await expect(crew.share(kernel, {}, { rows: 100, steps: 100 }, NO_PROGRESS)).rejects.toThrow(
      new RangeError("no memory"),
    );
    expect(done).toEqual([0, 10, 20]);
  });

  test("an error in another thread is thrown as it is, by name and message", async () => {
    const failing = told(() => {
      throw new RangeError("Array buffer allocation failed");
    });
    const threads = new FakeThreads(kernels({ told: async () => failing as Kernel<never, unknown> }));
    const crew = new Pool(threads.start, 1, LIMITS).hire(1000);
    const done: number[] = [];
    const work = crew.share(
      told((part) => done.push(part)),
      {},
      { rows: 1000, steps: 1000 },
      NO_PROGRESS,
    );
    await expect(work).rejects.toThrow("Array buffer allocation failed");
    await expect(work).rejects.toBeInstanceOf(RangeError);
    expect(done.length).toBeLessThan(99);
    crew.dismiss();
  });

  test("an error of the operating system is still one when it comes from another thread", async () => {
    const failing = told(() => readSync(1 << 20, new Uint8Array(1)));
    const threads = new FakeThreads(kernels({ told: async () => failing as Kernel<never, unknown> }));
    const crew = new Pool(threads.start, 1, LIMITS).hire(1000);
    const kernel = told(() => 0);
    const work = crew.share(kernel, {}, { rows: 1000, steps: 1000 }, NO_PROGRESS);
    await expect(work).rejects.toMatchObject({ code: "EBADF", syscall: "read" });
    crew.dismiss();
  });

  test("an error that no message can hold is told all the same", async () => {
    const failing = told(() => {
      throw Object.assign(new Error("odd"), { toString: () => "odd one", cause: () => {} });
    });
    const threads = new FakeThreads(kernels({ told: async () => failing as Kernel<never, unknown> }));
    const crew = new Pool(threads.start, 1, LIMITS).hire(1000);
    const work = crew.share(
      told(() => 0),
      {},
      { rows: 1000, steps: 1000 },
      NO_PROGRESS,
    );
    await expect(work).rejects.toThrow("odd");
    crew.dismiss();
  });

  test("a kernel that is not in the table is an error", async () => {
    const crew = new Pool(new FakeThreads().start, 1, LIMITS).hire(1000);
    await expect(
      crew.share(
        told(() => 0),
        {},
        { rows: 1000, steps: 1000 },
        NO_PROGRESS,
      ),
    ).rejects.toThrow();
    crew.dismiss();
  });

  test("a thread that dies with parts of its own fails the work", async () => {
    const stuck: Kernel<object, unknown> = { name: "told", run: () => new Promise(() => {}) };
    const threads = new FakeThreads(kernels({ told: async () => stuck as Kernel<never, unknown> }));
    const crew = new Pool(threads.start, 1, LIMITS).hire(1000);
    const work = crew.share(
      told((part) => {
        if (part === 500) threads.events[0]!.onGone(new Error("out of memory"));
      }),
      {},
      { rows: 1000, steps: 1000 },
      NO_PROGRESS,
    );
    await expect(work).rejects.toThrow("out of memory");
    // What follows is done without it.
    expect((await crew.share(SQUARES, numbers(100), { rows: 100, steps: 100 }, NO_PROGRESS)).length).toBe(10);
    crew.dismiss();
  });

  test("nobody waits for the answer of a thread that was given up", async () => {
    const threads = new FakeThreads();
    const crew = new Pool(threads.start, 1, LIMITS).hire(1000);
    const work = crew.share(SQUARES, numbers(1000), { rows: 1000, steps: 1000 }, NO_PROGRESS);
    const { onAnswer, onGone } = threads.events[0]!;
    onGone(new Error("the answer to the order before cannot be read"));
    onAnswer({ id: 0, results: [] });
    expect((await work).length).toBe(100);
    crew.dismiss();
  });

  test("a thread that dies before it has begun is not missed", async () => {
    const threads = new FakeThreads();
    const crew = new Pool(threads.start, 2, LIMITS).hire(1000);
    threads.events[0]!.onGone(new Error("no such module"));
    const columns = numbers(1000);
    const sums = await crew.share(SQUARES, columns, { rows: 1000, steps: 1000 }, NO_PROGRESS);
    expect(sums.every((sum) => typeof sum === "number")).toBe(true);
    crew.dismiss();
  });

  test("a thread that comes when all is done is not waited for", async () => {
    const pool = new Pool(() => ({ post() {}, end() {} }), 2, LIMITS);
    const crew = pool.hire(1000);
    expect((await crew.share(SQUARES, numbers(1000), { rows: 1000, steps: 1000 }, NO_PROGRESS)).length).toBe(100);
  });

  test("the wish to stop stops it, with its reason", async () => {
    const controller = new AbortController();
    const crew = new Pool(new FakeThreads().start, 2, LIMITS).hire(1000);
    let parts = 0;
    const kernel: Kernel<ReturnType<typeof numbers>, unknown> = {
      name: "squares",
      run() {
        if (++parts === 3) controller.abort(new Error("enough"));
      },
    };
    const progress = { ...NO_PROGRESS, signal: controller.signal };
    await expect(crew.share(kernel, numbers(10_000), { rows: 10_000, steps: 10_000 }, progress)).rejects.toThrow(
      "enough",
    );
    expect(parts).toBe(3);
    crew.dismiss();
  });
});

describe("a helper", () => {
  const limits = { leastSteps: 100, partSteps: 10 };

  test("does one thing after the other, all rows at once, and ends when it is let go", async () => {
    const threads = new FakeThreads();
    usePool(new Pool(threads.start, 2, limits));
    try {
      expect(hireHelper(99)).toBeUndefined();
      const helper = hireHelper(100)!;
      expect(threads.started).toBe(1);
      const columns = numbers(4);
      const sum = helper.do(SQUARES, columns, 4, NO_PROGRESS);
      // What it is given next is what the first leaves.
      const further = helper.do(SQUARES, { from: columns.to, to: new Int32Array(4) }, 4, NO_PROGRESS);
      helper.release();
      expect(threads.ended).toBe(0);
      expect([await sum, await further]).toEqual([14, 98]);
      await new Promise(setImmediate);
      expect(threads.ended).toBe(1);
    } finally {
      usePool(undefined);
    }
  });

  test("that fails does what comes next, and ends when it is let go", async () => {
    const threads = new FakeThreads(kernels({ told: async () => told(() => Promise.reject(new Error("failed"))) }));
    usePool(new Pool(threads.start, 1, limits));
    try {
      const helper = hireHelper(100)!;
      const failing = helper.do(
        told(() => 0),
        {},
        1,
        NO_PROGRESS,
      );
      const sum = helper.do(SQUARES, numbers(4), 4, NO_PROGRESS);
      helper.release();
      await expect(failing).rejects.toThrow("failed");
      expect(await sum).toBe(14);
      await new Promise(setImmediate);
      expect(threads.ended).toBe(1);
    } finally {
      usePool(undefined);
    }
  });

  test("that is gone before it begins leaves its work to the caller", async () => {
    const threads = new FakeThreads();
    usePool(new Pool(threads.start, 2, limits));
    try {
      const helper = hireHelper(100)!;
      threads.events[0]!.onGone(new Error("no such thread"));
      expect(await helper.do(SQUARES, numbers(4), 4, NO_PROGRESS)).toBe(14);
    } finally {
      usePool(undefined);
    }
  });

  test("is not waited for when the work is to stop", async () => {
    usePool(new Pool(() => ({ post() {}, end() {} }), 1, limits));
    try {
      const controller = new AbortController();
      const result = hireHelper(100)!.do(SQUARES, numbers(4), 4, { ...NO_PROGRESS, signal: controller.signal });
      controller.abort(new Error("enough"));
      await expect(result).rejects.toThrow("enough");
    } finally {
      usePool(undefined);
    }
  });

  test("is nobody without a pool", () => {
    expect(hireHelper(1e9)).toBeUndefined();
  });
});

describe("the program's pool", () => {
  test("is nobody, if there is none: all is done by the thread that asks, in memory of its own", async () => {
    const sums = await withCrew(1e9, async (crew) => {
      expect(crew.size).toBe(0);
      return crew.share(SQUARES, numbers(100), { rows: 100, steps: 100 }, NO_PROGRESS);
    });
    expect(sums.length).toBe(1);
    expect(newColumn(Float64Array, 10.5)).toEqual(new Float64Array(10));
    expect(newColumn(Float64Array, 3).buffer).toBeInstanceOf(ArrayBuffer);
  });

  test("dismisses the crew however the work ends, and gives columns memory that threads share", async () => {
    const threads = new FakeThreads();
    usePool(new Pool(threads.start, 2, LIMITS));
    try {
      expect(newColumn(Uint32Array, 3).buffer).toBeInstanceOf(SharedArrayBuffer);
      await withCrew(1000, async () => {});
      await expect(withCrew(1000, () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
      expect(threads.ended).toBe(4);
    } finally {
      usePool(undefined);
    }
  });
});
