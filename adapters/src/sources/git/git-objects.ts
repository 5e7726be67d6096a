import { startGit, stopGit, type GitCall, type GitChild } from './git-program.js';

/** The type, size and hash that Git reports for an object name. */
interface GitObject {
  readonly hash: string;
  readonly type: string;
  readonly size: number;
}

/** Reads objects of a repository one at a time, through one Git process. */
export class GitObjects {
  private readonly child: GitChild;
  private readonly output: AsyncIterator<Buffer>;
  private kept: Buffer = Buffer.alloc(0);

  private readonly ended: Promise<void>;

  constructor(call: GitCall) {
    const { child, ended } = startGit(['cat-file', '--batch-command'], call);
    this.child = child;
    this.ended = ended;
    this.output = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>; // No encoding is set, so chunks are buffers.
  }

  /** Undefined if the repository does not have the object. */
  async find(name: string): Promise<GitObject | undefined> {
    this.child.stdin.write(`info ${name}\n`);
    return this.head();
  }

  async read(hash: string): Promise<Buffer | undefined> {
    this.child.stdin.write(`contents ${hash}\n`);
    const found = await this.head();
    if (found === undefined) return undefined;
    const content = await this.take(found.size);
    await this.take(1);
    return content;
  }

  close(): void {
    stopGit(this.child);
  }

  private async head(): Promise<GitObject | undefined> {
    const [hash = '', type = '', size] = (await this.line()).split(' ');
    return size === undefined || !/^\d+$/.test(size) ? undefined : { hash, type, size: Number(size) };
  }

  private async line(): Promise<string> {
    for (;;) {
      const end = this.kept.indexOf(10);
      if (end >= 0) {
        const line = this.kept.subarray(0, end).toString('utf8');
        this.kept = this.kept.subarray(end + 1);
        return line;
      }
      this.kept = Buffer.concat([this.kept, await this.more()]);
    }
  }

  private async take(size: number): Promise<Buffer> {
    const parts = [this.kept];
    let length = this.kept.length;
    while (length < size) {
      const part = await this.more();
      parts.push(part);
      length += part.length;
    }
    const all = Buffer.concat(parts, length);
    this.kept = all.subarray(size);
    return all.subarray(0, size);
  }

  private async more(): Promise<Buffer> {
    const next = await this.output.next();
    if (next.done !== true) return next.value;
    await this.ended;
    throw new Error('Git ended in the middle of an object.');
  }
}
