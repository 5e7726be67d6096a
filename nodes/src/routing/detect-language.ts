/** The letters of each script, with the most common language that uses it. */
const scripts: readonly (readonly [RegExp, string])[] = [
  [/\p{Script=Hiragana}|\p{Script=Katakana}/gu, 'ja'],
  [/\p{Script=Hangul}/gu, 'ko'],
  [/\p{Script=Han}/gu, 'zh'],
  [/\p{Script=Cyrillic}/gu, 'ru'],
  [/\p{Script=Greek}/gu, 'el'],
  [/\p{Script=Arabic}/gu, 'ar'],
  [/\p{Script=Hebrew}/gu, 'he'],
  [/\p{Script=Devanagari}/gu, 'hi'],
  [/\p{Script=Thai}/gu, 'th'],
];

/** The most common short words of languages with Latin letters. */
const smallWords: Readonly<Record<string, ReadonlySet<string>>> = {
  en: new Set(
    'the of and to in is that it for was on are with as be this have from or by not what how can you'.split(' '),
  ),
  de: new Set(
    'der die das und ist nicht ein eine zu den von mit sich auf für im dem wie was ich sie es auch kann'.split(' '),
  ),
  fr: new Set(
    'le la les des et est une un que qui dans pour pas sur au avec ce il elle du en vous comment quelle'.split(' '),
  ),
  es: new Set('el los las de y es una un que en para por con no se su al lo como más qué cómo del está'.split(' ')),
  it: new Set(
    'il lo gli di e è una un che per non con si da come più della nel sono questo cosa quanto le i'.split(' '),
  ),
  nl: new Set('de het een en van is dat niet op te in voor met zijn aan er wat hoe ik je kan ook maar'.split(' ')),
  pt: new Set('o os as de e é uma um que em para por com não se do da no na como mais qual você está'.split(' ')),
  pl: new Set('i w nie na się z do to że jest jak co od po ale czy jego tak za są dla przez może'.split(' ')),
  sv: new Set('och i att det som en på är av för med till den har de inte om ett vad hur kan jag du'.split(' ')),
};

const sampled = 2_000;

/**
 * Detects the language of a text as ISO 639-1, by its letters and most common words; undefined if there is too little evidence.
 *
 * @example detectLanguage('Wie viele Tage Urlaub habe ich im Jahr?') // 'de'
 */
export function detectLanguage(text: string): string | undefined {
  const sample = text.slice(0, sampled).toLowerCase();
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  if (letters === 0) return undefined;
  for (const [script, language] of scripts) if ((sample.match(script)?.length ?? 0) > letters * 0.2) return language;
  const words = sample.match(/[\p{L}']+/gu) ?? [];
  let best: string | undefined;
  let most = 0;
  let second = 0;
  for (const [language, known] of Object.entries(smallWords)) {
    const count = words.filter((word) => known.has(word)).length;
    if (count > most) [best, second, most] = [language, most, count];
    else second = Math.max(second, count);
  }
  return most >= 2 && most > second ? best : undefined;
}
