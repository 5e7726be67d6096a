import { english, languages, type Language } from './languages.js';
import { wordsOf } from './words-of.js';

/** Words of a text that are looked at. */
const mostWords = 2_000;

/** Fewer stop words of another language may be chance: English texts have names and abbreviations too. */
const leastWords = 2;

/**
 * The language of a text among `candidates`: the one that explains the most of its words as stop words. English where that
 * is none, or where two explain as much.
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

/** Enough of the text of a document's passages to tell its language. */
export function firstText(passages: readonly { readonly text: string }[]): string {
  let text = '';
  for (const passage of passages) {
    text += `${passage.text}\n`;
    if (text.length > 20_000) break;
  }
  return text;
}
