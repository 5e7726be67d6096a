import './api-docs.css';
import { startTheme } from '../look/theme.js';
import { enableCopying } from './copy.js';
import { enableTrying } from './try-it.js';

// The page stands as the server wrote it; this adds what needs a browser: the theme, copying, and calls.
startTheme();
enableCopying(document);
const form = document.querySelector<HTMLFormElement>('form[data-call]');
if (form !== null) enableTrying(form);
