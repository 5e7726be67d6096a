const channel = (value: number): number => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** The relative luminance of a colour, from 0 to 1 (WCAG). */
export function lightness(colour: string): number {
  const part = (at: number): number => channel(Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

/** The text colour on a background colour: black or white, whichever has more contrast. */
export const textColourOn = (colour: string): '#ffffff' | '#000000' =>
  1.05 / (lightness(colour) + 0.05) >= (lightness(colour) + 0.05) / 0.05 ? '#ffffff' : '#000000';
