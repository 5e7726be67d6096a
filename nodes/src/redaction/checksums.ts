const digitsOf = (text: string): number[] => Array.from(text, Number);
const weighted = (digits: readonly number[], weights: readonly number[]): number =>
  weights.reduce((sum, weight, index) => sum + weight * (digits[index] ?? 0), 0);

/** Luhn check (ISO/IEC 7812-1, annex B). */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** ISO 7064 mod 97-10 over letters and digits, as for an IBAN (ISO 13616), whose first four characters must be moved to the end before. */
export function mod97(text: string): number {
  let rest = 0;
  for (const character of text) {
    const code = character.charCodeAt(0);
    const value = code >= 65 ? code - 55 : code - 48;
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

/** ISO 7064 mod 11,10, as in the German tax number. */
export function passesMod1110(digits: string): boolean {
  let product = 10;
  for (const digit of digitsOf(digits.slice(0, -1))) {
    const sum = (digit + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === Number(digits.at(-1));
}

/** The Dutch "eleven test" of a BSN: weights 9 to 2, and -1 for the last digit. */
export const passesElevenTest = (digits: string): boolean =>
  weighted(digitsOf(digits), [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;

/** The check digit of a Polish PESEL. */
export const passesPesel = (digits: string): boolean =>
  weighted(digitsOf(digits), [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;

/** The check digit of a British NHS number: mod 11, where a remainder that gives 10 is invalid. */
export function passesNhs(digits: string): boolean {
  const check = (11 - (weighted(digitsOf(digits), [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return check !== 10 && check === Number(digits[9]);
}

/** The check digit of an EAN-13, as in a Swiss AHV number. */
export const passesEan13 = (digits: string): boolean =>
  weighted(digitsOf(digits), [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;

/** Both check digits of a Brazilian CPF. */
export function passesCpf(digits: string): boolean {
  if (/^(\d)\1{10}$/.test(digits)) return false;
  const numbers = digitsOf(digits);
  const check = (count: number): number => {
    const sum = numbers.slice(0, count).reduce((total, digit, index) => total + digit * (count + 1 - index), 0);
    return ((sum * 10) % 11) % 10;
  };
  return check(9) === numbers[9] && check(10) === numbers[10];
}

/** Verhoeff's dihedral check (1969), as in the Indian Aadhaar number. */
export function passesVerhoeff(digits: string): boolean {
  let check = 0;
  const numbers = digitsOf(digits).reverse();
  numbers.forEach((digit, index) => {
    let permuted = digit;
    for (let round = 0; round < index % 8; round += 1) permuted = permutation[permuted] ?? 0;
    check = multiply(check, permuted);
  });
  return check === 0;
}

const permutation: readonly number[] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/** Multiplication in the dihedral group of the pentagon. */
function multiply(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + (b - 5)) % 5);
  return b < 5 ? 5 + ((a - 5 - b + 5) % 5) : (a - b + 5) % 5;
}

const oddValues: Readonly<Record<string, number>> = Object.fromEntries(
  Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', (character, index) => [
    character,
    [
      1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10,
      22, 25, 24, 23,
    ][index] ?? 0,
  ]),
);

/** The check letter of an Italian codice fiscale. */
export function passesCodiceFiscale(code: string): boolean {
  let sum = 0;
  for (let index = 0; index < 15; index += 1) {
    const character = code[index] ?? '';
    const isDigit = character >= '0' && character <= '9';
    sum += index % 2 === 0 ? (oddValues[character] ?? 0) : isDigit ? Number(character) : character.charCodeAt(0) - 65;
  }
  return String.fromCharCode(65 + (sum % 26)) === code[15];
}

/** Whether six digits are a date: year, month and day with two digits each. */
export function isDate(year: string, month: string, day: string): boolean {
  const m = Number(month);
  const d = Number(day);
  return /^\d\d$/.test(year) && m >= 1 && m <= 12 && d >= 1 && d <= 31;
}
