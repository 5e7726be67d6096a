import './look/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { App } from './App.js';
import { startTheme } from './look/theme.js';
import { createSession, SessionContext } from './session.js';

// The page's policy forbids code made from text, which zod would otherwise try for speed.
z.config({ jitless: true });
startTheme();
const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root element.');
createRoot(root).render(
  <StrictMode>
    <SessionContext value={createSession()}>
      <App />
    </SessionContext>
  </StrictMode>,
);
