const termsOf = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [],
  );

/** Two questions with at least this share of common terms count as the same. */
const enough = 0.8;

/**
 * Remembers texts and finds near duplicates. Two texts are nearly equal if they share at least 0.8 of all their terms (Jaccard similarity).
 *
 * @example const seen = new SeenTexts(); seen.add('Who leads?'); seen.has('who leads') // true
 */
export class SeenTexts {
  private readonly sizes: number[] = [];
  private readonly byWord = new Map<string, number[]>();

  add(text: string): void {
    const terms = termsOf(text);
    const number = this.sizes.push(terms.size) - 1;
    for (const word of terms) {
      const known = this.byWord.get(word);
      if (known === undefined) this.byWord.set(word, [number]);
      else known.push(number);
    }
  }

  has(text: string): boolean {
    const terms = termsOf(text);
    const common = new Map<number, number>();
    for (const word of terms)
      for (const number of this.byWord.get(word) ?? []) common.set(number, (common.get(number) ?? 0) + 1);
    for (const [number, count] of common)
      if (count / (terms.size + (this.sizes[number] ?? 0) - count) >= enough) return true;
    return false;
  }
}
