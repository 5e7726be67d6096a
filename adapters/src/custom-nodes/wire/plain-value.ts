import { HeddleError } from '@heddle/core';

const mostMembers = 2_000_000;
const mostDepth = 200;

/**
 * Checks that a value from a process of custom nodes is plain data: JSON, bytes and vectors. It must not be larger to traverse than it was
 * to send, and must have no member names that change an object's prototype, and no behaviour. Errors: `node_output_invalid`.
 */
export function checkPlain(value: unknown): void {
  let left = mostMembers;
  const walk = (inner: unknown, depth: number): void => {
    if ((left -= 1) < 0) throw refused(`has more than ${mostMembers} members`);
    if (typeof inner === 'bigint' || typeof inner === 'symbol' || typeof inner === 'function')
      throw refused(`holds a ${typeof inner}`);
    if (typeof inner !== 'object' || inner === null || isBytes(inner)) return;
    if (depth > mostDepth) throw refused(`is nested deeper than ${mostDepth} levels`);
    if (Array.isArray(inner)) {
      // An array may claim a greater length than was sent.
      if (inner.length > left) throw refused(`has more than ${mostMembers} members`);
      for (const each of inner) walk(each, depth + 1);
      return;
    }
    if (Object.prototype.toString.call(inner) !== '[object Object]')
      throw refused(`holds a ${Object.prototype.toString.call(inner).slice(8, -1)}`);
    for (const [name, each] of Object.entries(inner)) {
      if (name === '__proto__') throw refused("has a member '__proto__'");
      walk(each, depth + 1);
    }
  };
  walk(value, 0);
}

/** Bytes and vectors; shared memory and views of it are refused. */
function isBytes(value: object): boolean {
  const name = Object.prototype.toString.call(value);
  return name === '[object Uint8Array]' || name === '[object Float32Array]';
}

const refused = (why: string): HeddleError =>
  new HeddleError('node_output_invalid', `A custom node sent a value that ${why}: it must be plain data, as in JSON.`);
