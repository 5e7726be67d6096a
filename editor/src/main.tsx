import './no-generated-code.js';
import './index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.js';
import { startTheme } from './ui/theme/theme.js';
import { SessionProvider, createSession } from './features/session/index.js';

startTheme();
const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root element.');
createRoot(root).render(
  <StrictMode>
    <SessionProvider value={createSession()}>
      <App />
    </SessionProvider>
  </StrictMode>,
);
// The page is shown before its tooltips are loaded, and works without them if that fails.
import('./ui/tooltip/tooltips.js').then(({ startTooltips }) => startTooltips()).catch(() => undefined);
