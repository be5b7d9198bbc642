package lab

import "strings"

// An author has written books.
type author struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// A book is what the bookstore sells.
type book struct {
	ID     int    `json:"id"`
	Title  string `json:"title"`
	Author int    `json:"author"`
	Cover  string `json:"cover,omitempty"`
}

// catalogue is what a new database is filled with.
var catalogue = struct {
	Authors []author
	Books   []book
}{
	Authors: []author{
		{1, "Jane Austen"}, {2, "Frederick Douglass"}, {3, "Mary Shelley"}, {4, "Jules Verne"}, {5, "Murasaki Shikibu"},
	},
	Books: []book{
		{ID: 1, Title: "Persuasion", Author: 1}, {ID: 2, Title: "Emma", Author: 1},
		{ID: 3, Title: "My Bondage and My Freedom", Author: 2}, {ID: 4, Title: "Frankenstein", Author: 3},
		{ID: 5, Title: "The Last Man", Author: 3}, {ID: 6, Title: "Around the World in Eighty Days", Author: 4},
		{ID: 7, Title: "The Tale of Genji", Author: 5},
	},
}

// found lists the ids of the books whose title or author holds words.
func found(words string) []int {
	words = strings.ToLower(words)
	ids := []int{}
	for _, b := range catalogue.Books {
		text := strings.ToLower(b.Title + " " + catalogue.Authors[b.Author-1].Name)
		if strings.Contains(text, words) {
			ids = append(ids, b.ID)
		}
	}
	return ids
}
