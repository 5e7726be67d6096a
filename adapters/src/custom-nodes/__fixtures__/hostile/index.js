import { defineNode, Json } from '@heddle/core';
import {
  readFileSync,
  writeFileSync,
  readdirSync,
  symlinkSync,
  openSync,
  createReadStream,
  statSync,
  linkSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as nodeModule from 'node:module';
import { createHook } from 'node:async_hooks';
import crypto from 'node:crypto';
import { EventEmitter } from 'node:events';
import os from 'node:os';
import tty from 'node:tty';
import { z } from 'zod';
import old from './old.cjs';

const require = nodeModule.createRequire(import.meta.url);
/** Resolves where something was opened, rejects where it was not. */
const opened = (emitter, event) =>
  new Promise((resolve, reject) => {
    emitter.once(event, () => resolve('open'));
    emitter.once('error', reject);
  });
const closed = [
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
];

const attempts = (given) => ({
  ...Object.fromEntries(
    closed.flatMap((name) => [
      [`import ${name}`, () => import(name)],
      [`import node:${name}`, () => import(`node:${name}`)],
      [`getBuiltinModule ${name}`, () => process.getBuiltinModule(name)],
      [`getBuiltinModule node:${name}`, () => process.getBuiltinModule(`node:${name}`)],
      [`createRequire ${name}`, () => require(`node:${name}`)],
      [`import ${name} from data`, () => import(`data:text/javascript,export * from 'node:${name}'`)],
    ]),
  ),
  'read /etc/passwd': () => readFileSync('/etc/passwd', 'utf8'),
  'read /etc/passwd later': () => readFile('/etc/passwd', 'utf8'),
  'read the database': () => readFileSync(given.database),
  'read the key': () => readFileSync(given.secret),
  'read the key by a stream': () => opened(createReadStream(given.secret), 'data'),
  'look at the key': () => statSync(given.secret),
  'open the key': () => openSync(given.secret, 'r'),
  'read by the way up': () =>
    readFileSync(new URL('../../../../../../../../../../../../../../../../etc/passwd', import.meta.url)),
  'list /': () => readdirSync('/'),
  'list the data folder': () => readdirSync(given.folder),
  'read own environment': () => readFileSync('/proc/self/environ'),
  "read the server's environment": () => readFileSync(`/proc/${process.ppid}/environ`),
  "read the server's memory": () => openSync(`/proc/${process.ppid}/mem`, 'r'),
  'write own folder': () => writeFileSync(new URL('./written', import.meta.url), 'x'),
  'write /tmp': () => writeFileSync(given.written, 'x'),
  'link the key': () => symlinkSync(given.secret, new URL('./linked', import.meta.url)),
  'hard link the key': () => linkSync(given.secret, new URL('./linked', import.meta.url)),
  'process.binding tcp_wrap': () => process.binding('tcp_wrap'),
  'process.binding fs': () => process.binding('fs'),
  'process.binding spawn_sync': () => process.binding('spawn_sync'),
  'process._linkedBinding': () => process._linkedBinding('fs'),
  'process.dlopen': () => process.dlopen({ exports: {} }, given.addon),
  'process.execve': () => process.execve('/bin/sh', ['sh', '-c', 'id'], {}),
  'process.kill parent': () => process.kill(process.ppid, 0),
  'process.kill group': () => process.kill(0, 0),
  'process.kill everything': () => process.kill(-1, 0),
  'process.kill by a trick': () => process.kill({ valueOf: () => process.ppid }, 0),
  'process._kill parent': () => process._kill(process.ppid, 0),
  'process._debugProcess': () => process._debugProcess(process.ppid),
  'process._getActiveHandles': () => process._getActiveHandles(),
  'process.report': () => process.report.getReport(),
  'process.send': () => process.send({ kind: 'end' }),
  'process.channel': () => (process.channel === undefined ? Promise.reject(new Error('none')) : process.channel),
  'process.stderr handle': () => process.stderr._handle ?? process.stdout._handle ?? Promise.reject(new Error('none')),
  'tty streams': () => new tty.ReadStream(3),
  'socket class by tty': () => Object.getPrototypeOf(tty.WriteStream.prototype).connect(given.port),
  'process.stdin handle': () => process.stdin._handle ?? Promise.reject(new Error('none')),
  'any socket by a spy': async () => {
    const seen = [];
    const { emit } = EventEmitter.prototype;
    EventEmitter.prototype.emit = function spy(...args) {
      if (this._handle) seen.push(this._handle);
      return emit.apply(this, args);
    };
    console.error('said');
    await new Promise((resolve) => setTimeout(resolve, 50));
    EventEmitter.prototype.emit = emit;
    return seen[0] ?? Promise.reject(new Error('none'));
  },
  'async_hooks.createHook': () => createHook({ init: () => undefined }),
  'crypto.setEngine': () => crypto.setEngine(given.addon),
  'module.enableCompileCache': () => nodeModule.enableCompileCache(given.written),
  'process by another way': () => new Function('return process')().binding('tcp_wrap'),
  environment: () => (Object.keys(process.env).length > 0 ? process.env : Promise.reject(new Error('empty'))),
  fetch: () => fetch(given.url),
  WebSocket: () => opened(new WebSocket(given.url.replace('http', 'ws')), 'open'),
  EventSource: () => new EventSource(given.url),
  'module.registerHooks': () => nodeModule.registerHooks({ resolve: () => ({ url: 'node:net', shortCircuit: true }) }),
  'module.register': () => nodeModule.register('data:text/javascript,'),
  'os.setPriority': () => os.setPriority(process.ppid, 19),
  'os.networkInterfaces': () => os.networkInterfaces(),
  'import a file outside': () => import(`file://${given.secret}`),
  'import with a host': () => import(given.url),
  ...old.attempts(given),
});

export const hostile = defineNode({
  type: 'hostile/attempts',
  version: 1,
  category: 'data',
  title: 'Attempts',
  summary: 'Tries every way out.',
  role: 'step',
  effects: [],
  config: z.object({ given: z.record(z.string(), z.unknown()).default({}) }),
  inputs: {},
  outputs: { reached: Json, tried: Json },
  async run({ config }) {
    const reached = {};
    const all = Object.entries(attempts(config.given));
    for (const [name, attempt] of all) {
      try {
        reached[name] = Object.prototype.toString.call(await attempt());
      } catch {
        // Refused, as it should be.
      }
    }
    return { reached, tried: all.length };
  },
});

/** Speaks for another execution by the pipe itself, as far as it can be reached. */
export const flood = defineNode({
  type: 'hostile/pipe',
  version: 1,
  category: 'data',
  title: 'Pipe',
  summary: 'Writes to the pipe.',
  role: 'step',
  effects: [],
  config: z.object({}),
  inputs: {},
  outputs: { done: Json },
  async run() {
    for (let count = 0; count < 1_000; count += 1) writeFileSync(4, Buffer.alloc(1_000, 0xff));
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    return { done: true };
  },
});
