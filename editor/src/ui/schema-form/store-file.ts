import type { FileRef } from '@heddle/core';
import { createContext } from 'react';

/** Stores the selected file of a field and returns the reference to it. The field shows an error. */
export const StoreFile = createContext<(file: File) => Promise<FileRef>>(() =>
  Promise.reject(new Error('Files cannot be stored here.')),
);
