package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// An image is what an API instance is made from: where it finds what it needs,
// each as host:port. It stands in a file on the instance's volume.
type image struct {
	Database string `json:"database"`
	CDN      string `json:"cdn"`
	Search   string `json:"search"`
}

// imageFile is the image's name on a volume.
const imageFile = "app.json"

// An api is the bookstore's application on one instance.
type api struct {
	image
	id     string // the instance's
	client *http.Client
}

// newAPI boots the application from an instance's volume.
func newAPI(volume string) (http.Handler, error) {
	text, err := os.ReadFile(filepath.Join(volume, imageFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("no boot volume")
	}
	if err != nil {
		return nil, fmt.Errorf("read the boot volume: %w", err)
	}
	a := &api{id: filepath.Base(volume), client: &http.Client{Timeout: 2 * time.Second}}
	if err := json.Unmarshal(text, &a.image); err != nil {
		return nil, fmt.Errorf("read the boot volume: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.links)
	mux.HandleFunc("GET /authors/{$}", a.authors)
	mux.HandleFunc("GET /books/{$}", a.books)
	mux.HandleFunc("GET /health", a.health)
	return mux, nil
}

// reply writes v as JSON that people can read.
func reply(w http.ResponseWriter, status int, v any) {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(append(text, '\n'))
}

// get fetches JSON from another part into v, or the whole answer when v is nil.
func (a *api) get(ctx context.Context, address, path string, v any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		return err
	}
	response, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status)
	}
	if v == nil {
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	return json.NewDecoder(response.Body).Decode(v)
}

// links is the API's front page.
func (a *api) links(w http.ResponseWriter, r *http.Request) {
	reply(w, http.StatusOK, struct {
		Authors string `json:"authors"`
		Books   string `json:"books"`
	}{"http://" + r.Host + "/authors/", "http://" + r.Host + "/books/"})
}

// unavailable says which critical dependency is down.
func unavailable(w http.ResponseWriter, part string) {
	reply(w, http.StatusServiceUnavailable, struct {
		Error string `json:"error"`
	}{"the " + part + " does not answer"})
}

func (a *api) authors(w http.ResponseWriter, r *http.Request) {
	var authors []author
	if err := a.get(r.Context(), a.Database, "/authors", &authors); err != nil {
		unavailable(w, databasePart)
		return
	}
	if err := a.get(r.Context(), a.CDN, "/health", nil); err != nil {
		unavailable(w, cdnPart)
		return
	}
	reply(w, http.StatusOK, authors)
}

// books lists all books, or with ?q=WORDS those that search finds. Without
// search it lists all and says that it is degraded.
func (a *api) books(w http.ResponseWriter, r *http.Request) {
	var books []book
	if err := a.get(r.Context(), a.Database, "/books", &books); err != nil {
		unavailable(w, databasePart)
		return
	}
	for i := range books {
		cover := fmt.Sprintf("/static/covers/%d.svg", books[i].ID)
		if err := a.get(r.Context(), a.CDN, cover, nil); err != nil {
			unavailable(w, cdnPart)
			return
		}
		books[i].Cover = "http://" + a.CDN + cover
	}
	if words := r.URL.Query().Get("q"); words != "" {
		var ids []int
		if err := a.get(r.Context(), a.Search, "/?q="+url.QueryEscape(words), &ids); err != nil {
			w.Header().Set("Warning", `199 bookstore "degraded: no search"`)
		} else {
			books = slices.DeleteFunc(books, func(b book) bool { return !slices.Contains(ids, b.ID) })
		}
	}
	reply(w, http.StatusOK, books)
}

// A health is how the API and what it needs are: ok or down, and for the whole
// ok, degraded (a part is down that is not critical) or down.
type health struct {
	Status   string `json:"status"`
	Instance string `json:"instance"`
	Database string `json:"database"`
	CDN      string `json:"cdn"`
	Search   string `json:"search"`
}

func (a *api) health(w http.ResponseWriter, r *http.Request) {
	h := health{Status: "ok", Instance: a.id}
	var wait sync.WaitGroup
	for address, word := range map[string]*string{a.Database: &h.Database, a.CDN: &h.CDN, a.Search: &h.Search} {
		wait.Go(func() {
			*word = "ok"
			if a.get(r.Context(), address, "/health", nil) != nil {
				*word = "down"
			}
		})
	}
	wait.Wait()
	status := http.StatusOK
	if h.Search != "ok" {
		h.Status = "degraded"
	}
	if h.Database != "ok" || h.CDN != "ok" {
		h.Status, status = "down", http.StatusServiceUnavailable
	}
	reply(w, status, h)
}

// newSearch answers ?q=WORDS with the ids of the books it finds.
func newSearch() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", healthy)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		reply(w, http.StatusOK, found(r.URL.Query().Get("q")))
	})
	return mux
}
