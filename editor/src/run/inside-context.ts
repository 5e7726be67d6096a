import { createContext } from 'react';
import type { InnerPath } from '../document/inner/inner-path.js';
import type { Session } from '../session.js';

/** The inner workflow whose draft is open on the canvas, and the session of the workflow around it; undefined where none is. */
export const InsideContext = createContext<{ readonly path: InnerPath; readonly outer: Session } | undefined>(
  undefined,
);
