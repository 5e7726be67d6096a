import type { FileRef } from '@heddle/core';
import { createContext } from 'react';

/** Stores a file that a field has selected and returns the reference to it. If it rejects, the field shows the error. */
export const StoreFile = createContext<(file: File) => Promise<FileRef>>(() =>
  Promise.reject(new Error('Files cannot be stored here.')),
);
