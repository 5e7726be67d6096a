export { Canvas } from './Canvas.js';
