export function toIdentifier(name: string): string;
export function toTitle(name: string): string;
export function toClassName(name: string): string;
