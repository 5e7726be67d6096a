import {
  isDate,
  passesCodiceFiscale,
  passesCpf,
  passesEan13,
  passesElevenTest,
  passesLuhn,
  passesMod1110,
  passesNhs,
  passesPesel,
  passesVerhoeff,
} from './checksums.js';
import { findLicences } from './find-licences.js';
import { hasPhoneWord } from './find-phones.js';
import { hasWordBefore, isBorder, type Detector, type Finding } from './finding.js';

/** A number that a state assigns to a person. */
interface NationalId {
  readonly country: string;
  /** The pattern must be bounded and have no overlapping alternatives. */
  readonly form: RegExp;
  /** Checks the number, given in capitals without spaces, dots and hyphens. */
  readonly isValid: (plain: string) => boolean;
  /** If pattern and checksum are not enough evidence, one of these words must stand before the number. */
  readonly words?: readonly string[];
  /** Whether a telephone word before the number outweighs its checksum, which is only one digit. */
  readonly isMaybePhone?: boolean;
}

const dniLetters = 'TRWAGMYFPDXBNJZSQVHLCKE';

const nationalIds: readonly NationalId[] = [
  {
    country: 'US',
    form: /\d{3}-\d{2}-\d{4}/g,
    isValid: (plain) => /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(plain),
  },
  {
    country: 'GB',
    form: /[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z][A-Za-z] ?\d{2} ?\d{2} ?\d{2} ?[A-Da-d]/g,
    isValid: (plain) => !/^(?:BG|GB|NK|KN|TN|NT|ZZ|.[DFIOQUV])/.test(plain),
  },
  { country: 'GB', form: /\d{3}[ -]?\d{3}[ -]?\d{4}/g, isValid: passesNhs, words: ['nhs'] },
  {
    country: 'DE',
    form: /[1-9]\d ?\d{3} ?\d{3} ?\d{3}/g,
    isValid: passesMod1110,
    words: ['steuer', 'tax', 'idnr', 'id-nr', 'tin'],
  },
  { country: 'FR', form: /[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[ABab]) ?\d{3} ?\d{3} ?\d{2}/g, isValid: isNir },
  { country: 'ES', form: /[XYZxyz]?-?\d{7,8}-?[A-Za-z]/g, isValid: isDni },
  { country: 'IT', form: /[A-Za-z]{6}\d{2}[A-Za-z]\d{2}[A-Za-z]\d{3}[A-Za-z]/g, isValid: passesCodiceFiscale },
  {
    country: 'NL',
    form: /\d{4}[. ]?\d{2}[. ]?\d{3}/g,
    isValid: passesElevenTest,
    words: ['bsn', 'burgerservice', 'sofi'],
  },
  { country: 'BE', form: /\d{2}[. ]?\d{2}[. ]?\d{2}[ -]?\d{3}[. ]?\d{2}/g, isValid: isBelgian },
  {
    country: 'PL',
    form: /\d{11}/g,
    isMaybePhone: true,
    isValid: (plain) =>
      passesPesel(plain) && isDate(plain.slice(0, 2), String(Number(plain.slice(2, 4)) % 20), plain.slice(4, 6)),
  },
  {
    country: 'SE',
    form: /\d{6}[-+]\d{4}/g,
    isValid: (plain) => passesLuhn(plain) && isDate(plain.slice(0, 2), plain.slice(2, 4), plain.slice(4, 6)),
  },
  { country: 'CH', form: /756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}/g, isValid: passesEan13 },
  { country: 'IN', form: /[2-9]\d{3} \d{4} \d{4}/g, isValid: passesVerhoeff },
  { country: 'BR', form: /\d{3}[. ]?\d{3}[. ]?\d{3}-?\d{2}/g, isMaybePhone: true, isValid: passesCpf },
];

function isNir(plain: string): boolean {
  const body = plain.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return (
    /^\d+$/.test(body) && 97 - Number(BigInt(body) % 97n) === Number(plain.slice(13)) && Number(plain.slice(3, 5)) > 0
  );
}

function isDni(plain: string): boolean {
  const number = plain.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)));
  return number.length === 8 && dniLetters[Number(number) % 23] === plain.at(-1);
}

function isBelgian(plain: string): boolean {
  const check = Number(plain.slice(9));
  const isFor = (body: string): boolean => 97 - Number(BigInt(body) % 97n) === check;
  const { 0: year, 1: month, 2: day } = [plain.slice(0, 2), plain.slice(2, 4), plain.slice(4, 6)];
  return isDate(year ?? '', month ?? '', day ?? '') && (isFor(plain.slice(0, 9)) || isFor(`2${plain.slice(0, 9)}`));
}

/** National identity, insurance and tax numbers of thirteen countries, by pattern and checksum, and driver's licences. */
export const ids: Detector = {
  kind: 'ID',
  find(text) {
    const findings: Finding[] = [...findLicences(text)];
    for (const { form, isValid, words, isMaybePhone } of nationalIds) {
      for (const { 0: found, index } of text.matchAll(form)) {
        const end = index + found.length;
        if (!isBorder(text, index) || !isBorder(text, end) || !isValid(found.replace(/[ .+-]/g, '').toUpperCase()))
          continue;
        if (isMaybePhone === true && hasPhoneWord(text, index)) continue;
        if (words === undefined || hasWordBefore(text, index, words)) findings.push({ kind: 'ID', start: index, end });
      }
    }
    return findings;
  },
};
