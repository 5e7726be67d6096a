import * as nodeModule from 'node:module';
import { constants } from 'node:os';
import { writeSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { HeddleError } from '@heddle/core';

/**
 * Modules that a custom node must not load: the network, other processes and threads, debuggers, and those that bypass Node's own
 * protection. Node's permission model refuses files, children, workers and add-ons; this list closes the rest.
 */
const closedModules = [
  'child_process',
  'cluster',
  'dgram',
  'dns',
  'dns/promises',
  'http',
  'http2',
  'https',
  'inspector',
  'inspector/promises',
  'net',
  'repl',
  'sqlite',
  'tls',
  'trace_events',
  'v8',
  'vm',
  'wasi',
  'worker_threads',
] as const;
const closed: ReadonlySet<string> = new Set(closedModules);
/** Methods of the classes in these modules that open something. The others stay, because Node's own streams use them. */
const opening: ReadonlySet<string> = new Set(['connect', 'listen', '_listen2', 'bind', 'send', 'request']);

/** Members of `process` that give access to other processes, native code or Node's internals. */
const closedOfProcess = [
  'binding',
  '_linkedBinding',
  'dlopen',
  'execve',
  '_debugProcess',
  '_debugEnd',
  '_kill',
  '_getActiveHandles',
  '_getActiveRequests',
  '_startProfilerIdleNotifier',
  '_stopProfilerIdleNotifier',
  'setuid',
  'setgid',
  'seteuid',
  'setegid',
  'setgroups',
  'initgroups',
  'chdir',
  'loadEnvFile',
  'report',
] as const;
const closedGlobals = ['fetch', 'WebSocket', 'EventSource'] as const;
const closedOfModule = ['register', 'registerHooks', 'enableCompileCache', 'flushCompileCache'] as const;
const closedOfOs = ['setPriority', 'networkInterfaces', 'userInfo', 'hostname'] as const;

/** Closes every way out of this process that a custom node could try. Must be called once, before its package is loaded. */
export function closeExits(): void {
  // This function still needs these modules, so it loads them before they are closed.
  const builtin = process.getBuiltinModule.bind(process);
  printByNumber();
  const hooks = nodeModule.registerHooks;
  hooks({
    resolve(specifier, context, next) {
      const name = specifier.startsWith('node:') ? specifier.slice(5) : specifier;
      if (closed.has(name)) throw refused(`'node:${name}'`);
      return next(specifier, context);
    },
  });
  // Loaded before any is closed, because they import each other.
  const modules = closedModules.map((name) => builtin(name));
  for (const module of modules) closeModule(module);
  for (const name of closedGlobals) close(globalThis, name, `'${name}'`);
  for (const name of closedOfOs) close(builtin('os'), name, `os.${name}`);
  // Terminal streams are sockets.
  for (const name of ['ReadStream', 'WriteStream']) close(builtin('tty'), name, `tty.${name}`);
  close(builtin('crypto'), 'setEngine', 'crypto.setEngine');
  for (const name of ['createHook', 'executionAsyncResource'])
    close(builtin('async_hooks'), name, `async_hooks.${name}`);
  for (const name of closedOfModule) close(builtin('module'), name, `module.${name}`);
  closeProcess(builtin);
  nodeModule.syncBuiltinESMExports();
}

function closeProcess(builtin: typeof process.getBuiltinModule): void {
  const own = process.pid;
  // `process.kill` is built on it.
  const { _kill: end } = process as unknown as { readonly _kill: (pid: number, signal: number) => number };
  for (const name of closedOfProcess) close(process, name, `process.${name}`);
  define(process, 'kill', (pid: unknown, signal: unknown): boolean => {
    if (pid !== own) throw refused('another process');
    const signals: Readonly<Record<string, number>> = constants.signals;
    const name = typeof signal === 'string' && Object.hasOwn(signals, signal) ? signals[signal] : undefined;
    return end(own, name ?? constants.signals.SIGTERM) === 0;
  });
  define(process, 'getBuiltinModule', (name: unknown): unknown => {
    const text = String(name);
    if (closed.has(text.startsWith('node:') ? text.slice(5) : text)) throw refused(`'${text}'`);
    return builtin(text);
  });
}

/**
 * Replaces the functions of a module by ones that throw, as well as the methods that open connections on objects that Node itself makes of
 * its classes.
 */
function closeModule(module: unknown, isInner = false): void {
  if (!isObject(module)) return;
  for (const name of Object.getOwnPropertyNames(module)) {
    const member = Object.getOwnPropertyDescriptor(module, name)?.value as unknown;
    if (typeof member === 'function' && isObject(member.prototype)) {
      for (const method of Object.getOwnPropertyNames(member.prototype))
        if (opening.has(method)) close(member.prototype, method, `${name}.${method}`);
    }
    if (typeof member === 'function') close(module, name, name);
    else if (isObject(member) && !isInner && name !== 'constants') closeModule(member, true);
  }
}

function close(owner: object, name: string, what: string): void {
  if (!(name in owner)) return;
  define(owner, name, function refuse() {
    throw refused(what);
  });
}

function define(owner: object, name: string, value: unknown): void {
  try {
    Object.defineProperty(owner, name, { value, writable: false, configurable: false, enumerable: true });
  } catch {
    // The member cannot be redefined. The permission model and the resolve hook still protect it.
  }
}

/**
 * Makes standard input empty, and writes output and errors by file descriptor: Node's own streams hold handles whose classes could open
 * other handles.
 */
function printByNumber(): void {
  define(process, 'stdin', Readable.from([]));
  for (const [name, number] of [
    ['stdout', 1],
    ['stderr', 2],
  ] as const) {
    define(
      process,
      name,
      new Writable({
        write(chunk: Uint8Array, _encoding, done) {
          try {
            writeSync(number, chunk);
          } catch {
            // The pipe is full or closed; the output of a node is not kept.
          }
          done();
        },
      }),
    );
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const refused = (what: string): HeddleError =>
  new HeddleError(
    'forbidden',
    `A custom node must not use ${what}: it can reach outside only through its context, such as context.use('fetch') with the effect 'network'.`,
  );
