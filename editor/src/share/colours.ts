const channel = (value: number): number => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** How light a colour is to the eye, from 0 to 1 (WCAG). */
export function lightness(colour: string): number {
  const part = (at: number): number => channel(Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

/** The colour of words on another colour: whichever of black and white stands out more. */
export const wordsOn = (colour: string): '#ffffff' | '#000000' =>
  1.05 / (lightness(colour) + 0.05) >= (lightness(colour) + 0.05) / 0.05 ? '#ffffff' : '#000000';
