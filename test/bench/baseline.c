/*
 * The yardstick of `npm run bench`: what reading a heap dump costs in plain C, with the obvious algorithm.
 *
 * Maps a dump into memory, parses every record, collects the objects and their non-nil pointers, sorts the objects by
 * address (qsort) and resolves every pointer by binary search. That is the work gohd does before any analysis, so the
 * ratio of the two tells what JavaScript costs and what better algorithms win back. It takes what it needs and no more:
 * header "go1.7", 64-bit little-endian machines, contents below 2 GiB, complete dumps. Phantom objects stay in. Prints
 * counts and its CPU time; its memory is not comparable, because the mapped file counts.
 *
 * Build: cc -O2 -o baseline baseline.c      Run: ./baseline dump
 */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER_SIZE = 16, MEM_STATS_VALUES = 281 };

enum tag {
  TAG_EOF, TAG_OBJECT, TAG_OTHER_ROOT, TAG_TYPE, TAG_GOROUTINE, TAG_STACK_FRAME, TAG_PARAMS, TAG_FINALIZER, TAG_ITAB,
  TAG_OS_THREAD, TAG_MEM_STATS, TAG_QUEUED_FINALIZER, TAG_DATA, TAG_BSS, TAG_DEFER, TAG_PANIC, TAG_MEM_PROF,
  TAG_ALLOC_SAMPLE
};

struct object {
  uint64_t address;
  uint64_t size;
  uint64_t first_pointer; /* its pointers are the pointer_count ones from here */
  uint64_t pointer_count;
};

struct pointer {
  uint64_t value;
  uint32_t offset;
  int32_t target; /* index into the sorted objects, or -1 */
};

static const uint8_t *start, *at, *end;

static struct object *objects;
static size_t object_count, object_capacity;
static struct pointer *pointers;
static size_t pointer_count, pointer_capacity;

static void fail(const char *what) {
  fprintf(stderr, "baseline: byte %zu: %s\n", (size_t)(at - start), what);
  exit(1);
}

static void *grow(void *array, size_t *capacity, size_t element_size) {
  *capacity = *capacity ? 2 * *capacity : 1 << 16;
  array = realloc(array, *capacity * element_size);
  if (!array) fail("out of memory");
  return array;
}

static uint64_t uvarint(void) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (at == end) fail("truncated");
    uint8_t byte = *at++;
    value |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  fail("uvarint too long");
  return 0;
}

static void skip_uvarints(int count) {
  while (count-- > 0) uvarint();
}

/* Returns where a string or memory range begins, and moves past it. */
static const uint8_t *bytes(uint64_t *length) {
  *length = uvarint();
  if (*length > (uint64_t)(end - at)) fail("truncated");
  const uint8_t *contents = at;
  at += *length;
  return contents;
}

static void skip_bytes(void) {
  uint64_t length;
  bytes(&length);
}

static void skip_fields(void) {
  while (uvarint()) uvarint();
}

static void read_object(void) {
  if (object_count == object_capacity) objects = grow(objects, &object_capacity, sizeof *objects);
  struct object *object = &objects[object_count++];
  object->address = uvarint();
  const uint8_t *contents = bytes(&object->size);
  object->first_pointer = pointer_count;
  while (uvarint()) {
    uint64_t offset = uvarint();
    uint64_t value;
    if (offset + sizeof value > object->size) fail("pointer outside its object");
    memcpy(&value, contents + offset, sizeof value);
    if (!value) continue;
    if (pointer_count == pointer_capacity) pointers = grow(pointers, &pointer_capacity, sizeof *pointers);
    pointers[pointer_count++] = (struct pointer){value, (uint32_t)offset, -1};
  }
  object->pointer_count = pointer_count - object->first_pointer;
}

static void read_params(void) {
  uint64_t big_endian = uvarint(), pointer_size = uvarint();
  if (big_endian || pointer_size != 8) fail("not from a 64-bit little-endian machine");
  skip_uvarints(2);
  skip_bytes();
  skip_bytes();
  skip_uvarints(1);
}

static void read_mem_prof(void) {
  skip_uvarints(2);
  for (uint64_t frames = uvarint(); frames > 0; frames--) {
    skip_bytes();
    skip_bytes();
    skip_uvarints(1);
  }
  skip_uvarints(2);
}

/* Returns the number of records. */
static size_t read_records(void) {
  for (size_t records = 0;; records++) {
    switch (uvarint()) {
      case TAG_EOF: return records;
      case TAG_OBJECT: read_object(); break;
      case TAG_OTHER_ROOT: skip_bytes(); skip_uvarints(1); break;
      case TAG_TYPE: skip_uvarints(2); skip_bytes(); skip_uvarints(1); break;
      case TAG_GOROUTINE: skip_uvarints(8); skip_bytes(); skip_uvarints(4); break;
      case TAG_STACK_FRAME: skip_uvarints(3); skip_bytes(); skip_uvarints(3); skip_bytes(); skip_fields(); break;
      case TAG_PARAMS: read_params(); break;
      case TAG_FINALIZER: case TAG_QUEUED_FINALIZER: skip_uvarints(5); break;
      case TAG_ITAB: skip_uvarints(2); break;
      case TAG_OS_THREAD: skip_uvarints(3); break;
      case TAG_MEM_STATS: skip_uvarints(MEM_STATS_VALUES); break;
      case TAG_DATA: case TAG_BSS: skip_uvarints(1); skip_bytes(); skip_fields(); break;
      case TAG_DEFER: skip_uvarints(7); break;
      case TAG_PANIC: skip_uvarints(6); break;
      case TAG_MEM_PROF: read_mem_prof(); break;
      case TAG_ALLOC_SAMPLE: skip_uvarints(2); break;
      default: fail("unknown record");
    }
  }
}

static int by_address(const void *a, const void *b) {
  uint64_t x = ((const struct object *)a)->address, y = ((const struct object *)b)->address;
  return (x > y) - (x < y);
}

/* Index of the object whose slot holds the address, or -1. */
static int32_t find_object(uint64_t address) {
  size_t low = 0, high = object_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (objects[middle].address <= address) low = middle + 1;
    else high = middle;
  }
  if (low == 0 || address - objects[low - 1].address >= objects[low - 1].size) return -1;
  return (int32_t)(low - 1);
}

/* User and system time of this process so far. */
static double cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: baseline dump\n");
    return 2;
  }
  int file = open(argv[1], O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) < 0) {
    perror(argv[1]);
    return 1;
  }
  start = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
  if (start == MAP_FAILED) {
    perror(argv[1]);
    return 1;
  }
  end = start + status.st_size;
  at = start;
  if (status.st_size < HEADER_SIZE || memcmp(start, "go1.7 heap dump\n", HEADER_SIZE) != 0) fail("not a go1.7 heap dump");
  at += HEADER_SIZE;

  size_t records = read_records();
  qsort(objects, object_count, sizeof *objects, by_address);
  size_t resolved = 0;
  for (size_t i = 0; i < pointer_count; i++) {
    pointers[i].target = find_object(pointers[i].value);
    resolved += pointers[i].target >= 0;
  }
  printf("{\"records\":%zu,\"objects\":%zu,\"pointers\":%zu,\"resolved\":%zu,\"cpu\":%.6f}\n", records, object_count,
         pointer_count, resolved, cpu_seconds());
  return 0;
}
