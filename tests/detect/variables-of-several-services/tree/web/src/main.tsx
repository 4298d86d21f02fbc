fetch(import.meta.env.VITE_API_URL + "/items");
