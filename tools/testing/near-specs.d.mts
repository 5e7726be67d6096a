export function changedSpecs(
  folder: string,
  file: string,
): { readonly specs: string[]; readonly remember: (paths: string[]) => void };
