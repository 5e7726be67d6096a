import type { WrittenText } from './words.mjs';

export function findRuleCodes(file: WrittenText, listed: string): { code: string; line: number }[];
