/** Adversarial programs: from a seed, a Go program with random types that allocates random graphs of them. */
import { seededRandom } from "../../support/seeded-random.ts";
import { type DrawnTypes, drawTypes } from "./draw-types.ts";
import { FillCode, hasValueMethods } from "./fill-code.ts";
import { constantOf, isDecidable, KINDS } from "./kinds.ts";
import { SceneWriter } from "./scenes.ts";

/** Objects of each kind that a program allocates at least. */
const LEAST = 800;

/**
 * The source of the program of a seed, beside what all have.
 * @param headerMin values with pointers of more bytes get a malloc header; Infinity before Go 1.22
 */
export function generateProgram(seed: number, headerMin: number): string {
  const random = seededRandom(seed);
  const drawn = drawTypes(random);
  const fill = new FillCode(drawn, random);
  const writer = new SceneWriter(drawn, fill, random);
  const scenes = writer.write().filter(({ kind }) => kind !== "header" || Number.isFinite(headerMin));
  const { world } = writer;
  const holders = [...world.fields].map(([text, field]) => `\t${field} []${text}\n`);
  const kinds = KINDS.map((kind, i) => `\t${constantOf(kind)} = ${i}\n`);
  return [
    "// An adversarial program, generated.\n\npackage main\n",
    `import (
	"bytes"
	"container/list"
	"context"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)
`,
    "var _ bytes.Buffer\nvar _ sync.Mutex\nvar _ atomic.Int64\nvar _ time.Time\nvar _ unsafe.Pointer\nvar _ *list.List\nvar _ context.Context\n",
    `const headerMin = ${Number.isFinite(headerMin) ? headerMin : "1 << 40"}\n`,
    `var state uint64 = 0x${(BigInt.asUintN(64, BigInt(seed) * 0x9e37_79b9_7f4a_7c15n) | 1n).toString(16)}\n`,
    `const (\n${kinds.join("")})\n`,
    `var kindNames = [...]string{${KINDS.map((kind) => JSON.stringify(kind)).join(", ")}}\n`,
    `var isDecidable = [...]bool{${KINDS.map((kind) => isDecidable(kind, true)).join(", ")}}\n`,
    declarations(drawn),
    GENERICS,
    `type World struct {\n${holders.join("")}}\n`,
    "var world *World\n\nvar root any\n\nvar stop = make(chan bool)\n",
    "//go:noinline\nfunc use(p unsafe.Pointer) {}\n",
    "//go:noinline\nfunc bytesOf(n int) []byte {\n\tb := make([]byte, n)\n\tfor i := range b {\n\t\tb[i] = byte('a' + rnd(26))\n\t}\n\treturn b\n}\n",
    ...fill.code,
    ...scenes.map(({ body }, i) => `//go:noinline\nfunc scene${i}() {\n${body}}\n`),
    `func build() {
	world = new(World)
	root = world
	scenes := []func(){${scenes.map((_, i) => `scene${i}`).join(", ")}}
	kinds := []uint32{${scenes.map(({ kind }) => constantOf(kind)).join(", ")}}
	balance(scenes, kinds, ${LEAST})
}

func forget() {
${fill.forget}}
`,
  ].join("\n");
}

function declarations({ structs, others, interfaces }: DrawnTypes): string {
  const lines: string[] = [];
  for (const { text } of interfaces) lines.push(`type ${text} interface{ ${text}() int }\n`);
  structs.forEach(({ text, fields }, i) => {
    const members = fields!.map(({ name, isEmbedded, type }) => `\t${isEmbedded ? "" : `${name} `}${type.text}\n`);
    lines.push(`type ${text} struct {\n${members.join("")}}\n`);
    const receiver = hasValueMethods(i) ? text : `*${text}`;
    for (const method of interfaces) lines.push(`func (t ${receiver}) ${method.text}() int { return ${i} }\n`);
  });
  for (const { type, underlying } of others) lines.push(`type ${type.text} ${underlying}\n`);
  return lines.join("\n");
}

const GENERIC = constantOf("generic");

const GENERICS = `type LinkedElement[T any] struct {
	next *LinkedElement[T]
	list *LinkedList[T]
	val  T
}

type LinkedList[T any] struct {
	head *LinkedElement[T]
	n    int
}

func newList[T any]() *LinkedList[T] {
	before := as(${GENERIC})
	l := &LinkedList[T]{}
	back(before)
	return l
}

func (l *LinkedList[T]) push(v T) {
	before := asSized(${GENERIC}, unsafe.Sizeof(*l.head), true)
	l.head = &LinkedElement[T]{l.head, l, v}
	back(before)
	l.n++
}

type Entry[K comparable, V any] struct {
	key K
	val V
}

type Cache[K comparable, V any] struct {
	m     map[K]*Entry[K, V]
	order []*Entry[K, V]
}

func newCache[K comparable, V any]() *Cache[K, V] {
	before := as(${GENERIC})
	c := &Cache[K, V]{m: map[K]*Entry[K, V]{}}
	back(before)
	return c
}

func (c *Cache[K, V]) put(k K, v V) {
	before := asSized(${GENERIC}, unsafe.Sizeof(Entry[K, V]{}), true)
	e := &Entry[K, V]{k, v}
	as(${GENERIC})
	c.m[k] = e
	c.order = append(c.order, e)
	back(before)
}

type Tree[K int | string, V any] struct {
	left, right *Tree[K, V]
	key         K
	val         V
}

func (t *Tree[K, V]) insert(k K, v V) *Tree[K, V] {
	if t == nil {
		before := as(${GENERIC})
		t = &Tree[K, V]{key: k, val: v}
		back(before)
		return t
	}
	if k < t.key {
		t.left = t.left.insert(k, v)
	} else {
		t.right = t.right.insert(k, v)
	}
	return t
}
`;
