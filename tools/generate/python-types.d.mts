export const pythonTypesFile: string;
export function pythonTypes(document: unknown): string;
