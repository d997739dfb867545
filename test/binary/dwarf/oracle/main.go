// Oracle prints what the standard library's debug/dwarf reads in an ELF executable, one JSON object a line: package variables,
// and functions with their variables, each with the ranges of the scopes it is in. Locations are left as they are:
// "x" and the hexadecimal bytes of an expression, or "l" and the offset of a list.
package main

import (
	"bufio"
	"debug/dwarf"
	"debug/elf"
	"encoding/json"
	"fmt"
	"os"
)

type variable struct {
	Name, Function string
	Size           int64
	IsParameter    bool
	Scopes         [][][2]uint64
	Location       string
	ClosureOffset  int64
}

type function struct {
	Name        string
	Entry       uint64
	AddressBase int64
	LowPc       uint64
	Variables   []variable
}

type global struct {
	Name    string
	Address uint64
	Size    int64
}

type level struct {
	scopes   [][][2]uint64
	function string
	isListed bool
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

type reader struct {
	data    *dwarf.Data
	file    *elf.File
	encoder *json.Encoder
	current *function
}

func (r *reader) entryAt(offset dwarf.Offset) *dwarf.Entry {
	entries := r.data.Reader()
	entries.Seek(offset)
	entry, err := entries.Next()
	check(err)
	return entry
}

// attribute looks in the entry that this one is an instance of, too.
func (r *reader) attribute(entry *dwarf.Entry, attribute dwarf.Attr) interface{} {
	if value := entry.Val(attribute); value != nil {
		return value
	}
	if origin, ok := entry.Val(dwarf.AttrAbstractOrigin).(dwarf.Offset); ok {
		return r.entryAt(origin).Val(attribute)
	}
	return nil
}

func (r *reader) name(entry *dwarf.Entry) string {
	name, _ := r.attribute(entry, dwarf.AttrName).(string)
	return name
}

func (r *reader) size(entry *dwarf.Entry) int64 {
	offset, ok := r.attribute(entry, dwarf.AttrType).(dwarf.Offset)
	if !ok {
		return -1
	}
	typ, err := r.data.Type(offset)
	check(err)
	return typ.Size()
}

func (r *reader) global(entry *dwarf.Entry) {
	location, ok := entry.Val(dwarf.AttrLocation).([]byte)
	if !ok || len(location) == 0 || location[0] != 3 {
		return
	}
	var address uint64
	if len(location) == 9 {
		address = r.file.ByteOrder.Uint64(location[1:])
	} else {
		address = uint64(r.file.ByteOrder.Uint32(location[1:]))
	}
	check(r.encoder.Encode(map[string]interface{}{"global": global{r.name(entry), address, r.size(entry)}}))
}

func (r *reader) variable(entry *dwarf.Entry, in level) {
	found := variable{Name: r.name(entry), Function: in.function, Size: r.size(entry), Scopes: in.scopes, ClosureOffset: -1}
	found.IsParameter = entry.Tag == dwarf.TagFormalParameter
	if offset, ok := entry.Val(dwarf.Attr(0x2907)).(int64); ok {
		found.ClosureOffset = offset
	}
	switch location := entry.Val(dwarf.AttrLocation).(type) {
	case []byte:
		found.Location = fmt.Sprintf("x%x", location)
	case int64:
		found.Location = fmt.Sprintf("l%d", location)
	}
	r.current.Variables = append(r.current.Variables, found)
}

func (r *reader) flush() {
	if r.current != nil {
		check(r.encoder.Encode(map[string]interface{}{"function": r.current}))
	}
	r.current = nil
}

func main() {
	file, err := elf.Open(os.Args[1])
	check(err)
	data, err := file.DWARF()
	check(err)
	output := bufio.NewWriter(os.Stdout)
	defer output.Flush()
	r := &reader{data: data, file: file, encoder: json.NewEncoder(output)}
	entries := data.Reader()
	var addressBase int64
	var lowPc uint64
	var stack []level
	for {
		entry, err := entries.Next()
		check(err)
		if entry == nil {
			break
		}
		if entry.Tag == 0 {
			stack = stack[:len(stack)-1]
			if len(stack) == 1 {
				r.flush()
			}
			continue
		}
		in := level{}
		if len(stack) > 0 {
			in = stack[len(stack)-1]
		}
		next := level{}
		switch entry.Tag {
		case dwarf.TagCompileUnit:
			addressBase, _ = entry.Val(dwarf.AttrAddrBase).(int64)
			lowPc, _ = entry.Val(dwarf.AttrLowpc).(uint64)
		case dwarf.TagSubprogram:
			if entryPc, ok := entry.Val(dwarf.AttrLowpc).(uint64); ok && len(stack) == 1 {
				r.current = &function{Name: r.name(entry), Entry: entryPc, AddressBase: addressBase, LowPc: lowPc}
				next = level{function: r.current.Name, isListed: true}
				if !entry.Children {
					r.flush()
				}
			}
		case dwarf.TagLexDwarfBlock, dwarf.TagInlinedSubroutine:
			if in.isListed {
				ranges, err := data.Ranges(entry)
				check(err)
				next = level{function: in.function, isListed: true}
				next.scopes = append(append([][][2]uint64{}, in.scopes...), ranges)
				if entry.Tag == dwarf.TagInlinedSubroutine {
					next.function = r.name(entry)
				}
			}
		case dwarf.TagVariable, dwarf.TagFormalParameter:
			if len(stack) == 1 && entry.Tag == dwarf.TagVariable {
				r.global(entry)
			}
			if in.isListed {
				r.variable(entry, in)
			}
		}
		if entry.Children {
			stack = append(stack, next)
		}
	}
}
