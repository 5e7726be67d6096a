import './no-generated-code.js';
import './look/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.js';
import { startTheme } from './look/theme.js';
import { createSession, SessionContext } from './session.js';

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
