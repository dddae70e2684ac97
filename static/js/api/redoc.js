// Draws the API's description with Redoc; without its search, which would need a worker.
const place = document.getElementById("redoc");

window.Redoc.init(place.dataset.schema, { disableSearch: true, hideDownloadButton: false }, place);
