import { english, languages, type Language } from './languages.js';
import { wordsOf } from './words-of.js';

/** Only this many words of a text are examined. */
const mostWords = 2_000;

/** Fewer stop words of another language may be chance: names and abbreviations in English texts look like them. */
const leastWords = 2;

/**
 * Detects the language of a text among `candidates`: the one that has the most of its words as stop words. English if there is none, or if
 * two have as many.
 *
 * @example languageOf('Die Garantie gilt für zwei Jahre').code // 'de'
 */
export function languageOf(text: string, candidates: Iterable<Language> = languages.values()): Language {
  const words = firstWords(text);
  let best = english;
  let most = 0;
  for (const language of candidates) {
    let count = 0;
    for (const word of words) if (language.stopWords.has(word)) count += 1;
    if (count > most && (count >= leastWords || language === english)) [best, most] = [language, count];
    else if (count === most && language === english) best = english;
  }
  return best;
}

function firstWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const word of wordsOf(text)) {
    words.push(word);
    if (words.length === mostWords) break;
  }
  return words;
}

/** Enough text from a document's passages to detect its language. */
export function firstText(passages: readonly { readonly text: string }[]): string {
  let text = '';
  for (const passage of passages) {
    text += `${passage.text}\n`;
    if (text.length > 20_000) break;
  }
  return text;
}
