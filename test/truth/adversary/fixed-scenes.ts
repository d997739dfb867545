/** Scenes that are the same whatever the types: of strings, of the standard library, of maps that grow and shrink. */
import type { FillCode } from "./fill-code.ts";
import type { GoType } from "./go-types.ts";
import { constantOf } from "./kinds.ts";
import type { Scene, World } from "./world.ts";

/** @param held a type that only a pointer to the whole leads to */
export function fixedScenes(world: World, held: GoType, fill: FillCode): readonly Scene[] {
  const hold = (text: string, value: string): string => world.hold(text, value);
  const make = fill.allocate(held);
  const whole = constantOf("whole");
  const std = constantOf("std");
  return [
    {
      kind: "cut",
      body: `	before := as(${constantOf("cut")})
	s := string(bytesOf(30 + rnd(300)))
	back(before)
	i := 1 + rnd(20)
${hold("string", "s[i : i+1+rnd(8)]")}`,
    },
    { kind: "string", body: hold("string", "text()") },
    {
      kind: "map",
      body: `	before := as(${constantOf("map")})
	m := map[int]*${held.text}{}
	n := 10 + rnd(1<<uint(rnd(9)))
	for i := 0; i < n; i++ {
		back(before)
		p := ${make}(${whole}, 0)
		as(${constantOf("map")})
		m[num()] = p
	}
	if coin() {
		for k := range m {
			delete(m, k)
		}
	}
	back(before)
${hold(`map[int]*${held.text}`, "m")}`,
    },
    {
      kind: "std",
      body: `	switch rnd(6) {
	case 0:
		before := as(${std})
		m := new(sync.Map)
		back(before)
		for i := 0; i < rnd(5); i++ {
			k, v := text(), ${make}(${whole}, 0)
			before := as(${std})
			m.Store(k, v)
			back(before)
		}
	${hold("*sync.Map", "m")}	case 1:
		before := as(${std})
		l := list.New()
		back(before)
		for i := 0; i < rnd(5); i++ {
			v := ${make}(${whole}, 0)
			before := as(${std})
			l.PushBack(v)
			back(before)
		}
	${hold("*list.List", "l")}	case 2:
		v := ${make}(${whole}, 0)
		before := as(${std})
		p := new(atomic.Pointer[${held.text}])
		back(before)
		p.Store(v)
	${hold(`*atomic.Pointer[${held.text}]`, "p")}	case 3:
		v := ${make}(${whole}, 0)
		before := as(${std})
		p := new(atomic.Value)
		p.Store(v)
		back(before)
	${hold("*atomic.Value", "p")}	case 4:
		before := as(${std})
		c, _ := context.WithCancel(context.WithValue(context.Background(), num(), "value"))
		back(before)
	${hold("context.Context", "c")}	case 5:
		before := as(${std})
		t := time.NewTimer(time.Hour)
		back(before)
	${hold("*time.Timer", "t")}	}
`,
    },
  ];
}
