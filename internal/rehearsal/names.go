package rehearsal

import (
	"math/rand/v2"
	"strings"
)

// Names are put together at random from these two lists, as mixed as the names on a register of a British town are.
// Nobody is meant by any of them.
var (
	givenNames = strings.Fields(`
		Aaliyah Aaron Abdi Abigail Ada Adeola Agnieszka Ahmed Aidan Aisha Alex Alfie Alice Amara Amelia Amina Amir Anika Anna Anton
		Arjun Arlo Asha Ayaan Ayesha Bartek Beatrice Ben Bethan Bilal Brandon Bronwen Caitlin Callum Cara Charlie Chidi Chloe Ciara
		Connor Daisy Daniel Dara Dawud Deepa Dominik Dylan Ebony Eden Eleri Elif Elijah Ella Ellis Emeka Emma Erin Esme Ethan Evie
		Faisal Farah Fatima Femi Finlay Florence Freya Gabriel Gethin Grace Hamza Hana Harriet Harvey Hassan Heidi Hollie Ibrahim
		Ines Iona Isaac Isla Ivy Jack Jakub Jamal Jasmin Jaya Jess Joel Jude Julia Kai Kamil Karim Katie Kayleigh Kezia Kian Kofi
		Lara Layla Leah Leo Lewis Libby Lola Lucy Luka Maisie Malik Maria Martha Maryam Mason Max Megan Mei Mia Mila Mohammed Molly
		Morgan Musa Nadia Nathan Nia Niamh Noah Nour Nusrat Oliver Olu Omar Oscar Otis Owen Parveen Paul Phoebe Poppy Priya Rafi Rania
		Reuben Rhys Rohan Rory Rosa Ruby Safiya Sam Sana Saskia Sean Seren Shanice Simran Sofia Sonny Stella Summer Sunil Tahir Talia
		Tamika Tara Theo Tilly Toby Tomos Uma Viktor Wren Yasmin Yusuf Zain Zara Zofia`)
	familyNames = strings.Fields(`
		Abara Abbott Adeyemi Afolabi Ahmadi Akhtar Alderson Ansah Appleby Asante Ashdown Aziz Bagnall Balogun Banerjee
		Barlow Barzani Begum Bello Bevan Bhatti Birch Blakely Boateng Bowditch Bramley Brannigan Burrows Cadwallader Cheung Chowdhury
		Clough Coker Corrigan Crabtree Crossley Cullen Dahir Danjuma Darby Dhillon Dobson Doherty Dragan Dunmore Dyer Eastwell Ekwueme
		Ellerby Emsley Eze Farrow Fenwick Fielding Finch Fofana Garside Ghani Gill Goddard Gough Greenhalgh Grewal
		Hafeez Halliday Haque Hargreave Harrop Hartshorn Hassani Heaton Hibbert Hollis Hossain Hughes-Parry Iqbal Ismail Jagiello
		Janowski Jarvis Jephcott Joshi Kaczmarek Kamara Kaur Kemp Kershaw Kettle Khatun Kowalczyk Kumari Lam Lathom
		Leeming Lister Llewellyn Lomax Mahmood Mallory Marek Marsden McCrory Mensah Merrick Miah
		Mistry Mwangi Naylor Nesbitt Ng Nkosi Novotny Nowicki Odell Ofori Ogden Okonjo Oldroyd Olawale Onuoha Osei Oyelaran Padgett
		Pankhania Parmar Pawlak Peplow Petrescu Pickering Pinnock Popescu Pryce Qureshi Rafferty Rahimi Ramsden Rashid Rawcliffe
		Redfern Rigby Ruddock Saleh Sandhu Sangha Scholes Seddon Selwyn Shafiq Shah Siddall Siddiqui Singh Skelton Sokolova Stanway
		 Szabo Tahiri Tandoh Tetteh Thackray Thwaite Tiwari Tomczak Tranter Uddin Umar Unsworth Usman Varley
		Vaughan Virk Wadsworth Walczak Warsame Whitworth Wilcox Wojcik Woodhead Wragg Yardley Yeboah Zaman Zielinski`)
	notMeant = strings.Fields(`
		Anna.Lister Daniel.Dyer Emma.Fielding Hamza.Chowdhury Karim.Adeyemi Mia.Farrow Nathan.Dyer Paul.Abbott Paul.Boateng
		Paul.Scholes Ruby.Tandoh`)
)

// namer deals out names, none of them twice.
type namer struct {
	rng  *rand.Rand
	used map[string]bool
}

func newNamer(rng *rand.Rand) *namer {
	n := &namer{rng, map[string]bool{}}
	for _, name := range notMeant {
		n.used[strings.Replace(name, ".", " ", 1)] = true
	}
	for _, m := range cast {
		n.used[m.name] = true
	}
	return n
}

func (n *namer) next() (given, family string) {
	for {
		given, family = givenNames[n.rng.IntN(len(givenNames))], familyNames[n.rng.IntN(len(familyNames))]
		if name := given + " " + family; !n.used[name] {
			n.used[name] = true
			return given, family
		}
	}
}
