import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

interface HashCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** The cost of a new hash: 32 MB and about 60 ms on a usual core. It is stored with each hash, so it can be raised later. */
const cost: HashCost = { N: 32_768, r: 8, p: 1 };
const bytes = 32;

/** Hashes a password with a fresh salt. @example await hashPassword('correct horse') // 'scrypt$32768$8$1$…$…' */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Whether a password matches a stored hash. If there is no hash, it returns false after the same time. */
export async function matchesPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [kind, N, r, p, salt, hash] = (stored ?? '').split('$');
  if (kind !== 'scrypt' || salt === undefined || hash === undefined) {
    await derive(password, randomBytes(16), cost);
    return false;
  }
  const expected = Buffer.from(hash, 'base64url');
  const found = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
  return expected.length === found.length && timingSafeEqual(expected, found);
}

/** The most hashes at the same time. The other threads of Node's pool are left to files and to the flushes that runs wait for. */
const mostAtOnce = 2;
const waiting: (() => void)[] = [];
let running = 0;

async function derive(password: string, salt: Buffer, cost: HashCost): Promise<Buffer> {
  if (running >= mostAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await hashOf(password, salt, cost);
  } finally {
    const next = waiting.shift();
    // The next caller takes over the slot.
    if (next === undefined) running -= 1;
    else next();
  }
}

/** Normalises the password with NFKC: the same password is composed differently on different keyboards. */
function hashOf(password: string, salt: Buffer, { N, r, p }: HashCost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, bytes, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
