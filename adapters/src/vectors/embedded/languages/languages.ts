import { stopWords as englishStopWords } from '@heddle/core';
import { stemmer as arabic } from '@orama/stemmers/arabic';
import { stemmer as danish } from '@orama/stemmers/danish';
import { stemmer as dutch } from '@orama/stemmers/dutch';
import { stemmer as finnish } from '@orama/stemmers/finnish';
import { stemmer as french } from '@orama/stemmers/french';
import { stemmer as german } from '@orama/stemmers/german';
import { stemmer as greek } from '@orama/stemmers/greek';
import { stemmer as hungarian } from '@orama/stemmers/hungarian';
import { stemmer as indonesian } from '@orama/stemmers/indonesian';
import { stemmer as italian } from '@orama/stemmers/italian';
import { stemmer as norwegian } from '@orama/stemmers/norwegian';
import { stemmer as portuguese } from '@orama/stemmers/portuguese';
import { stemmer as romanian } from '@orama/stemmers/romanian';
import { stemmer as russian } from '@orama/stemmers/russian';
import { stemmer as spanish } from '@orama/stemmers/spanish';
import { stemmer as swedish } from '@orama/stemmers/swedish';
import { stemmer as turkish } from '@orama/stemmers/turkish';
import { stopwords as arabicStopWords } from '@orama/stopwords/arabic';
import { stopwords as danishStopWords } from '@orama/stopwords/danish';
import { stopwords as dutchStopWords } from '@orama/stopwords/dutch';
import { stopwords as finnishStopWords } from '@orama/stopwords/finnish';
import { stopwords as frenchStopWords } from '@orama/stopwords/french';
import { stopwords as germanStopWords } from '@orama/stopwords/german';
import { stopwords as greekStopWords } from '@orama/stopwords/greek';
import { stopwords as hungarianStopWords } from '@orama/stopwords/hungarian';
import { stopwords as indonesianStopWords } from '@orama/stopwords/indonesian';
import { stopwords as italianStopWords } from '@orama/stopwords/italian';
import { stopwords as norwegianStopWords } from '@orama/stopwords/norwegian';
import { stopwords as portugueseStopWords } from '@orama/stopwords/portuguese';
import { stopwords as romanianStopWords } from '@orama/stopwords/romanian';
import { stopwords as russianStopWords } from '@orama/stopwords/russian';
import { stopwords as spanishStopWords } from '@orama/stopwords/spanish';
import { stopwords as swedishStopWords } from '@orama/stopwords/swedish';
import { stopwords as turkishStopWords } from '@orama/stopwords/turkish';

/** A language that the full-text search supports: its stemmer (Snowball) and its stop words. */
export interface Language {
  readonly code: string;
  readonly stem: (word: string) => string;
  readonly stopWords: ReadonlySet<string>;
}

const entry = (code: string, stem: (word: string) => string, words: readonly string[]): readonly [string, Language] => [
  code,
  { code, stem, stopWords: new Set(words.map((word) => word.normalize('NFC').toLowerCase())) },
];

/** The Romanian stemmer expects ş and ţ with a cedilla, as computers long wrote them; today's texts have a comma below. */
const withCedilla = (word: string): string => word.replaceAll('ș', 'ş').replaceAll('ț', 'ţ');
const withComma = (word: string): string => word.replaceAll('ş', 'ș').replaceAll('ţ', 'ț');

/** English: the default for a text that no other language fits better. The tokenizer of the words table stems it. */
export const english: Language = { code: 'en', stem: (word) => word, stopWords: englishStopWords };

/** The languages by their code (ISO 639-1). */
export const languages: ReadonlyMap<string, Language> = new Map([
  [english.code, english],
  entry('ar', arabic, arabicStopWords),
  entry('da', danish, danishStopWords),
  entry('de', german, germanStopWords),
  entry('el', greek, greekStopWords),
  entry('es', spanish, spanishStopWords),
  entry('fi', finnish, finnishStopWords),
  entry('fr', french, frenchStopWords),
  entry('hu', hungarian, hungarianStopWords),
  entry('id', indonesian, indonesianStopWords),
  entry('it', italian, italianStopWords),
  entry('nl', dutch, dutchStopWords),
  entry('no', norwegian, norwegianStopWords),
  entry('pt', portuguese, portugueseStopWords),
  entry('ro', (word) => romanian(withCedilla(word)), romanianStopWords.map(withComma)),
  entry('ru', russian, russianStopWords),
  entry('sv', swedish, swedishStopWords),
  entry('tr', turkish, turkishStopWords),
]);
