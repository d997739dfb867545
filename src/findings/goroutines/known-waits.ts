/**
 * Known waits: what it means that goroutines wait in the standard library, in gRPC and the like, for those of which programs that leak
 * have thousands. Where the library started them, neither the name nor the go statement says what to mend; where they wait inside of it
 * for something of its own, the state does not.
 */

export interface KnownWait {
  /** Of each goroutine, in a sentence: "each waits until …". */
  readonly meaning: string;
  /** What to do if there are too many. */
  readonly advice: string;
}

/** What frames tell, where neither the first nor the last of them says why a goroutine waits. */
interface OfFrames {
  /** Among them is a function of each of these, … */
  readonly within?: readonly RegExp[];
  /** … and none such a one. */
  readonly notWithin?: RegExp;
}

/** Goroutines that the library started. */
interface KnownGoroutine extends KnownWait, OfFrames {
  readonly entry: RegExp;
  readonly state: string;
}

/** Goroutines of whomever, waiting inside of the library. */
interface KnownSite extends KnownWait, OfFrames {
  readonly site: RegExp;
  readonly state: string;
  /** What started them, if that makes a difference. */
  readonly origin?: RegExp;
}

const PUDDLE_ACQUIRE = /^github\.com\/jackc\/puddle\/v\d+\.\(\*Pool\[\.\.\.\]\)\.Acquire$/;

/** The limit of an errgroup is that of a channel with room for so many. */
const ERRGROUP_LIMIT: Omit<KnownSite, "advice"> = {
  site: /^golang\.org\/x\/sync\/errgroup\.\(\*Group\)\.Go$/,
  state: "chan send",
  meaning: "each waits until another goroutine of an errgroup ends, which has as many as its limit allows",
};

/** While a request waits for its response, the connection reads as an idle one does. */
const CLIENT_CONNECTION: KnownWait = {
  meaning: "each has a connection of an http.Transport, which is idle or waits for a response",
  advice:
    "Share one http.Client: every Transport keeps idle connections of its own. Set IdleConnTimeout, or call CloseIdleConnections when done with one. Set the Timeout of the http.Client.",
};

const GRPC_CLIENT: Omit<KnownWait, "meaning"> = {
  advice: "Make one grpc.ClientConn for each server, share it, and Close those that are not needed any more.",
};

const REDIS_SUBSCRIPTION: KnownWait = {
  meaning: "each is of a redis.PubSub whose Channel was asked for, and that was not closed",
  advice: "Close every redis.PubSub when nobody needs its messages any more (defer pubsub.Close()).",
};

/** Reads from the connection of a client. */
const SERVER_READ = /^(net\/http\.\(\*connReader\)\.Read|crypto\/tls\.\(\*Conn\)\.[hH]andshakeContext)$/;
/** What calls the program's handlers: these wait for whatever they like. */
const HANDLER = /^net\/http\.serverHandler\.ServeHTTP$/;

/** The goroutines are those of Go 1.15 to 1.27; what else a state may mean there lasts for moments. */
const KNOWN: readonly KnownGoroutine[] = [
  {
    // net/http/transport.go: "wait for the caller goroutine to finish reading the response body".
    entry: /^net\/http\.\(\*persistConn\)\.readLoop$/,
    state: "select",
    meaning: "each waits until the body of a response is read to its end, or closed",
    advice:
      "Close the body of every response (defer resp.Body.Close()), also where the status is an error or nobody reads it.",
  },
  { entry: /^net\/http\.\(\*persistConn\)\.readLoop$/, state: "IO wait", ...CLIENT_CONNECTION },
  {
    // HTTP/2 of net/http up to Go 1.26, since then, and of golang.org/x/net.
    entry: /^(net\/http\.\(\*http2|(net\/http\/internal|golang\.org\/x\/net)\/http2\.\(\*)ClientConn\)\.readLoop$/,
    state: "IO wait",
    ...CLIENT_CONNECTION,
  },
  {
    // It ends with the stream, in whose pipe up to 4 MiB wait for who reads the body.
    entry: /^(net\/http\.\(\*http2|(net\/http\/internal|golang\.org\/x\/net)\/http2\.\(\*)clientStream\)\.doRequest$/,
    state: "select",
    meaning:
      "each is of a request over HTTP/2 whose response was neither read to its end nor closed, or has not come as a whole",
    advice:
      "Close the body of every response (defer resp.Body.Close()), also where the status is an error or nobody reads it.",
  },
  {
    entry: /^net\/http\.\(\*conn\)\.serve$/,
    state: "IO wait",
    within: [/^net\/http\.checkConnErrorWriter\.Write$/],
    meaning: "each writes to a connection whose client does not read what comes",
    advice: "If clients should have gone, set WriteTimeout of the http.Server.",
  },
  {
    entry: /^net\/http\.\(\*conn\)\.serve$/,
    state: "IO wait",
    within: [SERVER_READ],
    notWithin: HANDLER,
    meaning: "each serves a connection on which nothing comes",
    advice: "If clients should have gone, set IdleTimeout and ReadHeaderTimeout of the http.Server.",
  },
  {
    entry: /^database\/sql\.\(\*DB\)\.connectionOpener$/,
    state: "select",
    meaning: "each is of an sql.DB that was not closed",
    advice:
      "Open a database once and share it: an sql.DB is a pool of connections. Close those that are not needed any more.",
  },
  {
    entry: /^database\/sql\.\(\*Tx\)\.awaitDone$/,
    state: "chan receive",
    meaning: "each is of a transaction that was neither committed nor rolled back",
    advice:
      "Roll every transaction back when its function ends (defer tx.Rollback()): after a commit that does nothing.",
  },
  {
    entry: /^database\/sql\.\(\*Rows\)\.awaitDone$/,
    state: "select",
    meaning: "each is of rows that were not closed",
    advice: "Close rows when their function ends (defer rows.Close()), also where not all of them are read.",
  },
  {
    entry: /^context\.\(\*cancelCtx\)\.propagateCancel\.func\d+$/,
    state: "select",
    meaning: "each waits for a context that was never cancelled",
    advice: "Call the cancel function of every context that is made (defer cancel()), also where nothing went wrong.",
  },
  {
    entry: /^os\/exec\.\(\*Cmd\)\.(watchCtx|Start\.func\d+)$/,
    state: "select",
    meaning: "each watches the context of a command that still runs, or that nobody waited for",
    advice: "Call Wait of every command that was started, and end those that take too long (exec.CommandContext).",
  },
  {
    // os/exec/exec.go: what copies between a pipe and a reader or writer that is no file.
    entry: /^os\/exec\.\(\*Cmd\)\.Start\.func\d+$/,
    state: "IO wait",
    meaning: "each copies to or from a command that does not read its input, or whose pipes are still open",
    advice:
      "End commands that take too long (exec.CommandContext), and set their WaitDelay: children may keep the pipes open.",
  },
  {
    // runtime/coro.go: in corostart is one that was asked for nothing yet.
    entry: /^(iter\.Pull2?\[.*\]\.func\d+|runtime\.corostart)$/,
    state: "coroutine",
    meaning: "each is an iterator of iter.Pull that was neither stopped nor asked for all of its values",
    advice:
      "Call the stop function of every iter.Pull (defer stop()). An iterator that pulls from another one ends that only if it defers its stop, too.",
  },
  {
    entry: /^google\.golang\.org\/grpc\/internal\/transport\.\(\*http2Client\)\.reader$/,
    state: "IO wait",
    meaning: "each has a connection of a grpc.ClientConn",
    ...GRPC_CLIENT,
  },
  {
    entry: /^google\.golang\.org\/grpc\/internal\/grpcsync\.\(\*CallbackSerializer\)\.run$/,
    state: "chan receive",
    meaning: "several are of each grpc.ClientConn that was not closed",
    ...GRPC_CLIENT,
  },
  {
    // google.golang.org/grpc/stream.go: watches the contexts of the connection and of the call.
    entry: /^google\.golang\.org\/grpc\.newClientStream(WithParams)?\.func\d+$/,
    state: "select",
    meaning: "each is of a client's stream that has not ended",
    advice: "Receive from every stream until it gives an error, io.EOF too, or cancel its context (defer cancel()).",
  },
  {
    // github.com/redis/go-redis/v9/pubsub.go: two goroutines of each channel.
    entry: /^github\.com\/(redis\/go-redis|go-redis\/redis)\/v\d+\.\(\*channel\)\.initHealthCheck\.func\d+$/,
    state: "select",
    ...REDIS_SUBSCRIPTION,
  },
  {
    entry: /^github\.com\/(redis\/go-redis|go-redis\/redis)\/v\d+\.\(\*channel\)\.init(Msg|All)Chan\.func\d+$/,
    state: "IO wait",
    ...REDIS_SUBSCRIPTION,
  },
];

const KNOWN_SITES: readonly KnownSite[] = [
  {
    // database/sql/sql.go: there are as many connections as there may be, and all are in use.
    site: /^database\/sql\.\(\*DB\)\.conn$/,
    state: "select",
    meaning: "each waits for a connection of an sql.DB, which has no free one",
    advice:
      "Close rows when their function ends (defer rows.Close()), and roll transactions back (defer tx.Rollback()): each keeps its connection until then.",
  },
  {
    // Capital up to Go 1.15.
    site: /^io\.\(\*pipe\)\.[rR]ead$/,
    state: "select",
    meaning: "each reads from an io.Pipe to which nothing is written, and which is not closed",
    advice: "Close what writes to the pipe when nothing more will come, also where something goes wrong.",
  },
  {
    site: /^io\.\(\*pipe\)\.[wW]rite$/,
    state: "select",
    meaning: "each writes to an io.Pipe from which nobody reads",
    advice: "Read to the end, or close what reads from the pipe where that ends early.",
  },
  {
    // HTTP/1, and HTTP/2 of net/http up to Go 1.26, since then, and of golang.org/x/net.
    site: /^(net\/http\.\(\*(persistConn|http2ClientConn)\)|(net\/http\/internal|golang\.org\/x\/net)\/http2\.\(\*ClientConn\))\.roundTrip$/,
    state: "select",
    meaning: "each waits for the response to a request of an http.Client",
    advice: "Set the Timeout of the http.Client, or give every request a context that ends.",
  },
  {
    site: /^(net\/http\.\(\*http2|(net\/http\/internal|golang\.org\/x\/net)\/http2\.\(\*)serverConn\)\.writeDataFromHandler$/,
    state: "select",
    meaning: "each writes a response over HTTP/2 of which the client takes no more",
    advice:
      "Set WriteTimeout of the http.Server, or deadlines (http.ResponseController), for clients that do not read.",
  },
  {
    // github.com/jackc/puddle/v2/pool.go: the pool's semaphore has as many as there may be connections.
    site: /^golang\.org\/x\/sync\/semaphore\.\(\*Weighted\)\.Acquire$/,
    state: "select",
    // Both: hooks that the pool calls may wait for semaphores of their own.
    within: [PUDDLE_ACQUIRE, /^github\.com\/jackc\/pgx\/v\d+\/pgxpool\.\(\*Pool\)\.Acquire$/],
    meaning: "each waits for a connection of a pgxpool.Pool, which has no free one",
    advice:
      "Close rows when their function ends (defer rows.Close()), roll transactions back (defer tx.Rollback(ctx)), and Release what was acquired: each keeps its connection until then.",
  },
  {
    site: /^golang\.org\/x\/sync\/semaphore\.\(\*Weighted\)\.Acquire$/,
    state: "select",
    within: [PUDDLE_ACQUIRE],
    meaning: "each waits for a resource of a puddle.Pool, which has no free one",
    advice: "Release or Destroy every resource that was acquired, also where something goes wrong (defer).",
  },
  {
    site: /^golang\.org\/x\/sync\/semaphore\.\(\*Weighted\)\.Acquire$/,
    state: "select",
    meaning: "each waits for a semaphore.Weighted",
    advice: "Release all that is acquired, also where something goes wrong (defer sem.Release(n)).",
  },
  {
    site: /^golang\.org\/x\/sync\/singleflight\.\(\*Group\)\.Do$/,
    state: "sync.WaitGroup.Wait",
    meaning: "each waits for a call of a singleflight.Group that another one makes",
    advice: "Give what the call does a context or a timeout that ends it, or stop waiting for it (DoChan).",
  },
  {
    ...ERRGROUP_LIMIT,
    origin: /^golang\.org\/x\/sync\/errgroup\.\(\*Group\)\.(Try)?Go( |$)/,
    advice: "Do not call Go of an errgroup with a limit in its own goroutines: all of them may wait for one another.",
  },
  {
    ...ERRGROUP_LIMIT,
    advice:
      "See what the goroutines of the group wait for, and give them a way out: a select with Done of the group's context.",
  },
  {
    // k8s.io/client-go/tools/cache: the loop of an informer's controller, which ends when its queue is closed.
    site: /^k8s\.io\/client-go\/tools\/cache\.\(\*(DeltaFIFO|RealFIFO)\)\.Pop(Batch)?$/,
    state: "sync.Cond.Wait",
    meaning: "each runs an informer that was not stopped",
    advice:
      "Share the informers of one SharedInformerFactory. Of those that are not needed any more, cancel the context, or close the channel, that they were started with.",
  },
  {
    // go.opentelemetry.io/otel/sdk/trace/batch_span_processor.go: only with WithBlocking.
    site: /^go\.opentelemetry\.io\/otel\/sdk\/trace\.\(\*batchSpanProcessor\)\.enqueueBlockOnQueueFull$/,
    state: "select",
    meaning: "each waits for room in the queue of a span processor, whose exporter is slower than spans come, or stuck",
    advice:
      "See what the exporter waits for, and give it a timeout. Without WithBlocking, spans that do not fit are dropped instead.",
  },
];

/** In next of iter.Pull, and not in yield: iter/iter.go. Whoever called it waits for the value. */
const IN_NEXT = /^iter\.Pull2?\[.*\]\.func2$/;

const WAITS_FOR_ITERATOR: KnownWait = {
  meaning: "each has asked an iterator of iter.Pull for its next value, which does not come",
  advice: "See what the iterators wait for: they are goroutines of iter.Pull of their own, which wait elsewhere.",
};

export type PossibleWait = KnownWait & OfFrames;

/**
 * What it may be that goroutines wait for in a state, whatever is between the first and the last of their frames.
 * @param entry the function that they were started for
 * @param site the function that they wait in, without the runtime's own
 * @param callee what that called to wait
 * @param origin the function that started them, and where: "main.main main.go:87"
 */
export function listKnownWaits(
  entry: string,
  state: string,
  site: string,
  callee: string,
  origin: string,
): readonly PossibleWait[] {
  if (state === "coroutine" && IN_NEXT.test(callee)) return [WAITS_FOR_ITERATOR];
  return [
    ...KNOWN.filter((known) => known.state === state && known.entry.test(entry)),
    ...KNOWN_SITES.filter(
      (known) =>
        known.state === state && known.site.test(site) && (known.origin === undefined || known.origin.test(origin)),
    ),
  ];
}

/**
 * The one of them that a goroutine waits for; undefined if nothing is known of that.
 * @param hasFrame whether one of its frames is such a function; asked only where that matters
 */
export function chooseKnown(
  possible: readonly PossibleWait[],
  hasFrame: (of: RegExp) => boolean,
): KnownWait | undefined {
  return possible.find(({ within, notWithin }) => {
    return (within ?? []).every(hasFrame) && (notWithin === undefined || !hasFrame(notWithin));
  });
}
