/** The limits of a walk. A limit that is left out does not apply. */
export interface WalkBounds {
  /** Object members and list items together. */
  readonly values: number;
  /** Characters of all texts and names together. */
  readonly characters: number;
  /** Nesting of lists and objects. */
  readonly depth?: number;
  readonly members?: number;
  /** Characters of a member's name. */
  readonly name?: number;
  /** Whether to refuse a BigInt, which JSON does not support. */
  readonly isJson?: boolean;
}

/** The limit that a value exceeds, and the name that is too long if it is the limit of names. */
export interface Excess {
  readonly bound: 'values' | 'characters' | 'depth' | 'members' | 'name' | 'bigint';
  readonly name?: string;
}

/**
 * Walks a value and counts its contents, one list or object per step. It stops at the first limit that is exceeded. It is not recursive, so
 * it can walk values of any depth and values that contain themselves.
 *
 * @example const walk = new ValueWalk({ values: 100, characters: 1_000 }); walk.begin(value); while (walk.next());
 */
export class ValueWalk {
  values = 0;
  characters = 0;
  /** Set once; nothing is counted afterwards. */
  excess: Excess | undefined;
  private readonly bounds: WalkBounds;
  /** Lists and objects that are still to be walked, and the depth of their contents. */
  private readonly open: object[] = [];
  private readonly depths: number[] = [];

  constructor(bounds: WalkBounds) {
    this.bounds = bounds;
  }

  begin(value: unknown): void {
    // A limit below 0 refuses even an empty value.
    if (this.addCharacters(0)) this.take(value, 0);
  }

  /** Enters the next list or object. Returns whether there was one. */
  next(): boolean {
    const next = this.open.pop();
    if (next === undefined || this.excess !== undefined) return false;
    const depth = this.depths.pop() ?? 0;
    if (Array.isArray(next)) this.takeItems(next, depth);
    else this.takeMembers(next, depth);
    return true;
  }

  /** Counts one value, without its contents. Returns false once a limit is exceeded. */
  private take(value: unknown, depth: number): boolean {
    if (typeof value === 'string') return this.addCharacters(value.length);
    if (typeof value === 'object' && value !== null) {
      if (ArrayBuffer.isView(value)) return this.addValues('length' in value ? Number(value.length) : value.byteLength);
      if (depth >= (this.bounds.depth ?? Infinity)) return this.stop({ bound: 'depth' });
      this.open.push(value);
      this.depths.push(depth + 1);
      return true;
    }
    return typeof value !== 'bigint' || this.bounds.isJson !== true || this.stop({ bound: 'bigint' });
  }

  private takeItems(list: readonly unknown[], depth: number): void {
    if (!this.addValues(list.length)) return;
    for (const item of list) if (!this.take(item, depth)) return;
  }

  private takeMembers(object: object, depth: number): void {
    const { members = Infinity, name: longest = Infinity } = this.bounds;
    let count = 0;
    for (const name in object) {
      count += 1;
      if (count > members) {
        this.stop({ bound: 'members' });
        return;
      }
      if (name.length > longest) {
        this.stop({ bound: 'name', name });
        return;
      }
      if (!this.addValues(1) || !this.addCharacters(name.length)) return;
      if (!this.take(Reflect.get(object, name), depth)) return;
    }
  }

  private addValues(count: number): boolean {
    this.values += count;
    return this.values <= this.bounds.values || this.stop({ bound: 'values' });
  }

  private addCharacters(count: number): boolean {
    this.characters += count;
    return this.characters <= this.bounds.characters || this.stop({ bound: 'characters' });
  }

  private stop(excess: Excess): false {
    this.excess = excess;
    return false;
  }
}
