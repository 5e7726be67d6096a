export interface LineCounts {
  code: number;
  comment: number;
  blank: number;
  characters: number;
}
export function countLines(text: string): LineCounts;
export function addCounts(all: readonly LineCounts[]): LineCounts;
