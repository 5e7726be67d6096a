import { HeddleError } from '@heddle/core';
import { type CountryCode } from 'libphonenumber-js';
import { type Detector, type Finding } from './finding.js';
import { isPartOfMore, phoneLike, shortened } from './find-phones.js';

const least = 7;
/** Local numbers have at most 13 digits with their trunk prefix. */
const most = 13;
const mostKnown = 10_000;

/**
 * Creates a detector for telephone numbers as people write them inside these countries (ISO 3166, such as `ES`), without a telephone word
 * beside them. The number must be in groups or start with a trunk zero, and be valid in the numbering plan of one of the countries. The
 * plans are those of libphonenumber, loaded at first use. Errors: `bad_request` for an unknown country.
 */
export async function createLocalPhones(countries: readonly string[]): Promise<Detector> {
  const { isSupportedCountry, Metadata, parsePhoneNumberFromString } = await import('libphonenumber-js/max');
  const plans = countries.map((country) => {
    if (!isSupportedCountry(country))
      throw new HeddleError(
        'bad_request',
        `There is no numbering plan of a country '${country}': write two capital letters, such as DE.`,
      );
    const metadata = new Metadata();
    metadata.selectNumberingPlan(country);
    return { country, lengths: new Set(metadata.numberingPlan?.possibleLengths()) };
  });
  const known = new Map<string, boolean>();
  const isValid = (found: string, digits: string): boolean => {
    const before = known.get(digits);
    if (before !== undefined) return before;
    const fits = plans.some(({ country, lengths }) => {
      // A trunk prefix of one or two digits is not part of the national number.
      const mayFit = [0, 1, 2].some((prefix) => lengths.has(digits.length - prefix));
      return mayFit && isValidIn(parsePhoneNumberFromString, found, country);
    });
    if (known.size >= mostKnown) known.clear();
    known.set(digits, fits);
    return fits;
  };
  return {
    kind: 'PHONE',
    find(text) {
      const findings: Finding[] = [];
      for (const { 0: match, index } of text.matchAll(phoneLike)) {
        const found = shortened(match);
        const digits = found.replace(/\D/g, '');
        const isLocal = !found.startsWith('+') && digits.length >= least && digits.length <= most;
        if (!isLocal || !(/[ ()/.-]/.test(found) || digits.startsWith('0'))) continue;
        if (isPartOfMore(text, index, index + found.length) || isDecimalOrDate(found)) continue;
        if (isValid(found, digits)) findings.push({ kind: 'PHONE', start: index, end: index + found.length });
      }
      return findings;
    },
  };
}

function isValidIn(
  parse: (text: string, country: CountryCode) => { readonly country?: string; isValid(): boolean } | undefined,
  found: string,
  country: CountryCode,
): boolean {
  const parsed = parse(found, country);
  return parsed?.country === country && parsed.isValid();
}

const isDecimalOrDate = (found: string): boolean =>
  /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}$/.test(found) || /^\d+\.\d+$/.test(found) || /^\d{4}[ -]+\d{4}$/.test(found);
