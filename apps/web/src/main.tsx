import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ChaincacheProvider } from '@chaincache/react';
import { App } from './app.js';
import './style/index.css';

const queries = new QueryClient();

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <ChaincacheProvider>
        <App />
      </ChaincacheProvider>
    </QueryClientProvider>
  </StrictMode>,
);
