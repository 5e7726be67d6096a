export const noChromium: string;
export function findChromium(
  environment?: Readonly<Record<string, string | undefined>>,
  exists?: (file: string) => boolean,
): string | undefined;
