import { createContext } from 'react';
import type { InnerPath } from '../../ui/navigation/inner-path.js';
import type { Session } from '../session/index.js';

/** The open inner workflow, and the session of the outer one; undefined where none is open. */
export const InsideContext = createContext<{ readonly path: InnerPath; readonly outer: Session } | undefined>(
  undefined,
);
